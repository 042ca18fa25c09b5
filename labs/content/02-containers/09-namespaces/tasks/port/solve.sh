sudo podman start shop > /dev/null
pid=$(pgrep -f /srv/shop/www)
sleep 1
address=$(sudo nsenter --target "$pid" --net ss -Hltn | awk 'NR == 1 { print $4 }')
echo "answer: ${address##*:}"
