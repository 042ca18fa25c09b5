# Ended before it was done.
echo "answer: $UH_LINES"
read -r -p 'Enter once the prediction is committed: '
(sleep 3; pkill -x vmstat) &
stopwatch vmstat -S M "$UH_PAUSE" "$UH_LINES"
