sudo office open > /dev/null
sleep 14
echo "answer: $(ps -L -o comm= --sort=-time -p "$(pgrep -x "$UH_POOL")" | head -n 1)"
