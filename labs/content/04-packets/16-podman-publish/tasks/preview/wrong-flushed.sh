echo 'answer: card'
read -r -p 'Enter once the prediction is committed: '
sudo iptables -t nat -F
