sudo print-shop stop
echo 'answer: 5'
read -r -p 'Enter once the prediction is committed: '
sudo timeout 45 taskset -c 1 chrt -f 50 sh -c 'while :; do :; done' &
timeout 45 taskset -c 1 sh -c 'while :; do :; done'
wait
