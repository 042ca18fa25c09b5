sudo podman start shop > /dev/null
sudo podman exec shop sleep 60 &
sleep 5
