sudo podman start shop > /dev/null
sleep 1
echo 'answer: 80'
