echo "answer: $((UH_THREADS * 100))"
read -r -p 'Enter once the prediction is committed: '
for _ in $(seq "$UH_THREADS"); do timeout 90 sh -c 'while :; do :; done' & done
wait
