# “So many times, so often”: the two numbers the other way round.
echo "answer: $((UH_LINES * UH_PAUSE))"
read -r -p 'Enter once the prediction is committed: '
stopwatch vmstat -S M "$UH_LINES" "$UH_PAUSE"
