sudo night-change
sleep 2
sudo podman restart -t 0 "$UH_NAME" > /dev/null
