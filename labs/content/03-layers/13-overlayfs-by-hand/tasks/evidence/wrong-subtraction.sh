mkdir -p /tmp/night
cd /srv/night
sudo mount -t overlay overlay -o lowerdir=upper:lower /tmp/night
echo "answer: $(($(find lower -type f | wc -l) - $(find /tmp/night -type f | wc -l)))"
sudo umount /tmp/night
