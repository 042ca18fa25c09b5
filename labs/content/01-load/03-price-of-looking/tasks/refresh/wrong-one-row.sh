echo 'answer: 10'
read -r -p 'Enter once the prediction is committed: '
price top -b -n 1 -p 1
