echo 'answer: 500'
read -r -p 'Enter once the prediction is committed: '
price top -b -d 0.2 -n 5
