cd /srv/night
mkdir -p /tmp/night
sudo mount -t overlay overlay -o lowerdir=upper:lower /tmp/night
cd lower
hidden=0
while read -r file; do [[ -e /tmp/night/$file ]] || hidden=$((hidden + 1)); done < <(find . -type f)
echo "answer: $hidden"
sudo umount /tmp/night
