echo 'answer: 0'
read -r -p 'Enter once the prediction is committed: '
bash -c 'while ((SECONDS < 3)); do :; done; exec sleep 40'
