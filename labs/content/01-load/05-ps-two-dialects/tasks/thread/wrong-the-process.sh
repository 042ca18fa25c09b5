sudo office open > /dev/null
sleep 14
echo "answer: $(pgrep -x "$UH_POOL")"
