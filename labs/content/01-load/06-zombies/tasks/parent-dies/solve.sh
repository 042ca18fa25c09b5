echo 'answer: gone'
read -r -p 'Enter once the prediction is committed: '
pkill -f 'sleep 7001'
