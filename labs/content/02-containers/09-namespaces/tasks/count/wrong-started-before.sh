sudo podman start shop > /dev/null
sleep 8
echo 'answer: 2'
read -r -p 'Enter once the prediction is committed: '
