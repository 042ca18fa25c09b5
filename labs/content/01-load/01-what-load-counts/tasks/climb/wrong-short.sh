echo "answer: $UH_LOOPS"
read -r -p 'Enter once the prediction is committed: '
for _ in $(seq "$UH_LOOPS"); do timeout 15 sh -c 'while :; do :; done' & done
wait
