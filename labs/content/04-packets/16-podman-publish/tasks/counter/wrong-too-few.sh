echo 'answer: 100'
read -r -p 'Enter once the prediction is committed: '
sudo iptables -t nat -Z
outside curl -s "http://203.0.113.10:$UH_PORT/" > /dev/null
