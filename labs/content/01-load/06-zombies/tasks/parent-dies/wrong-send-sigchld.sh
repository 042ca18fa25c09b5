# A remedy often read about. It helps only where the parent waits for SIGCHLD.
echo 'answer: gone'
read -r -p 'Enter once the prediction is committed: '
pkill -CHLD -f 'sleep 7001'
