# Only the first packet of a connection meets the nat table.
echo "answer: $UH_REQUESTS"
read -r -p 'Enter once the prediction is committed: '
sudo iptables -t nat -Z
outside curl -s "http://203.0.113.10:$UH_PORT/?[1-$UH_REQUESTS]" > /dev/null
