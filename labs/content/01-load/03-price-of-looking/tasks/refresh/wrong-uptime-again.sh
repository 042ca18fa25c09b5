echo 'answer: 2'
read -r -p 'Enter once the prediction is committed: '
price uptime
