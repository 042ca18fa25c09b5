sudo podman start shop > /dev/null
sudo unshare --net sleep 602 &
until pgrep -x -f '(/bin/)?sleep 602' > /dev/null; do sleep 1; done
