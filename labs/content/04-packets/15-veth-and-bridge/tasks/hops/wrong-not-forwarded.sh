echo 'answer: 62'
read -r -p 'Enter once the prediction is committed: '
sudo sysctl -q -w net.ipv4.ip_forward=0
