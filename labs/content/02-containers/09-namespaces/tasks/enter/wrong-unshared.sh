sudo podman start shop > /dev/null
sudo unshare --net sleep 60 &
sleep 1
