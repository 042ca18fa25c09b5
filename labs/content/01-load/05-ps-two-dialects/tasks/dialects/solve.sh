echo 'answer: same'
read -r -p 'Enter once the prediction is committed: '
price ps aux
price ps -ef
price ps -eo pid,comm
