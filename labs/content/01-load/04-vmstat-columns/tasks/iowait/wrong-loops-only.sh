echo 'answer: 0'
read -r -p 'Enter once the prediction is committed: '
for _ in $(seq "$UH_LOOPS"); do timeout 20 sh -c 'while :; do :; done' & done
wait
