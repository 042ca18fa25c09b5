sudo night-shift start > /dev/null
echo "answer: $UH_HOARDER"
