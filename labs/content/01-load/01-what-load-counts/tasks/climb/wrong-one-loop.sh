echo "answer: 1"
read -r -p 'Enter once the prediction is committed: '
timeout 15 sh -c 'while :; do :; done'
