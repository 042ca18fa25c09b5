echo 'answer: 0'
read -r -p 'Enter once the prediction is committed: '
sudo timeout 90 taskset -c 1 chrt -f 50 sh -c 'while :; do :; done'
