# The first line comes at once: one pause less than there are lines.
echo "answer: $(((UH_LINES - 1) * UH_PAUSE))"
read -r -p 'Enter once the prediction is committed: '
stopwatch vmstat -S M "$UH_PAUSE" "$UH_LINES"
