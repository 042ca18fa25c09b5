sudo systemctl start depot.target
until (($(ps -o stat= --ppid "$(pgrep -x "$UH_FORGETTER")" | grep -c Z) >= UH_BACKLOG)); do sleep 1; done
echo "answer: $UH_LATE"
