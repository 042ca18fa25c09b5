echo 'answer: loopback'
read -r -p 'Enter once the prediction is committed: '
sudo podman stop -t 0 "$UH_NAME" > /dev/null
