read -r _ _ _ _ last < /proc/loadavg
echo "answer: $last"
