sudo podman start shop > /dev/null
pid=$(pgrep -f /srv/shop/www)
sudo nsenter --target "$pid" --net sleep 60 &
sleep 1
