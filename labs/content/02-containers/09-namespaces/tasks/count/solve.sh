# user and time; the other six are its own.
echo 'answer: 2'
read -r -p 'Enter once the prediction is committed: '
sudo podman start shop > /dev/null
