# Every router takes one off; between room and world there is one, the host.
echo 'answer: 63'
read -r -p 'Enter once the prediction is committed: '
sudo ip netns exec "$UH_LEFT" ping -c 1 203.0.113.1
