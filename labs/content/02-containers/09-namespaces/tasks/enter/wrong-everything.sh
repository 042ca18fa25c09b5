sudo podman start shop > /dev/null
pid=$(pgrep -f /srv/shop/www)
sudo nsenter --target "$pid" --all /bin/sleep 602 &
until pgrep -x -f '(/bin/)?sleep 602' > /dev/null; do sleep 1; done
