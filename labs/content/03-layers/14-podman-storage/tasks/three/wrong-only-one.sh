echo 'answer: 0.2'
read -r -p 'Enter once the prediction is committed: '
sudo podman create --name more-1 localhost/shop:1 > /dev/null
