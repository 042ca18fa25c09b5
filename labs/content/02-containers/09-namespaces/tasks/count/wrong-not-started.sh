echo 'answer: 0'
read -r -p 'Enter once the prediction is committed: '
