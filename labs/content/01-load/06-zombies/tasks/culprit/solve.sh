# The parent that occurs most often among the zombies.
sudo systemctl start depot.target
until (($(ps -o stat= --ppid "$(pgrep -x "$UH_FORGETTER")" | grep -c Z) >= UH_BACKLOG)); do sleep 1; done
parent=$(ps -eo ppid=,stat= | awk '$2 ~ /^Z/ { print $1 }' | sort | uniq -c | sort -rn | awk 'NR == 1 { print $2 }')
echo "answer: $(ps -o comm= -p "$parent")"
