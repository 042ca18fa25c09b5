sudo watchmen start > /dev/null
echo "answer: $UH_BUSY"
