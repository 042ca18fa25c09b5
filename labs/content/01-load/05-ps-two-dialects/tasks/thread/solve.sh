sudo office open > /dev/null
sleep 14
pid=$(pgrep -x "$UH_POOL")
times() { ps -L -o comm=,times=,lwp= -p "$pid"; for t in "/proc/$pid/task"/*; do awk '{ gsub(/[()]/, "", $2); print $2, $14 + $15 }' "$t/stat"; done; }
times | awk 'NF == 2' | sort > /tmp/first
sleep 5
times | awk 'NF == 2' | sort > /tmp/second
echo "answer: $(join /tmp/first /tmp/second | awk '{ print $3 - $2, $1 }' | sort -n | tail -n 1 | cut -d' ' -f2)"
