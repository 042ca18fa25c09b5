echo 'answer: stay-init'
read -r -p 'Enter once the prediction is committed: '
pkill -STOP -f 'sleep 7001'
