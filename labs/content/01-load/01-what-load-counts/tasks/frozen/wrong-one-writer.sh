truncate -s 32M /tmp/puddle.img
sudo mkfs.ext4 -q -F /tmp/puddle.img
sudo mkdir -p /mnt/puddle
sudo mount -o loop /tmp/puddle.img /mnt/puddle
sudo chmod 777 /mnt/puddle
mountpoint -q /mnt/puddle && sudo fsfreeze -f /mnt/puddle
touch /mnt/puddle/one &
