sudo office open > /dev/null
sleep 14
echo "answer: $(ps -L -o times=,comm= -p "$(pgrep -x "$UH_POOL")" | sort -rn | awk 'NR == 1 { print $2 }')"
