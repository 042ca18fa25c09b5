echo 'answer: 64'
read -r -p 'Enter once the prediction is committed: '
sudo ip -n "$UH_LEFT" route del default
