# Nobody waits for a CPU while there are two for two: close to nothing.
echo 'answer: 5'
read -r -p 'Enter once the prediction is committed: '
for _ in 1 2; do timeout 45 sh -c 'while :; do :; done' & done
wait
