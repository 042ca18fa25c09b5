# However low the nice value, the policy stays the ordinary one.
echo 'answer: 0'
read -r -p 'Enter once the prediction is committed: '
sudo timeout 90 taskset -c 1 nice -n -10 sh -c 'while :; do :; done' &
timeout 90 taskset -c 1 sh -c 'while :; do :; done'
wait
