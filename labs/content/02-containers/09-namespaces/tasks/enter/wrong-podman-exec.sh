sudo podman start shop > /dev/null
sudo podman exec shop sleep 602 &
until pgrep -x -f 'sleep 602' > /dev/null; do sleep 1; done
