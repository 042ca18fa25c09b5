echo 'answer: 100'
read -r -p 'Enter once the prediction is committed: '
for _ in 1 2 3; do timeout 45 sh -c 'while :; do :; done' & done
wait
