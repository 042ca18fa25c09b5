truncate -s 32M /tmp/pond.img
sudo mkfs.ext4 -q -F /tmp/pond.img
sudo mkdir -p /mnt/pond
sudo mount -o loop /tmp/pond.img /mnt/pond
sudo chmod 777 /mnt/pond
mountpoint -q /mnt/pond && sudo fsfreeze -f /mnt/pond
for i in $(seq "$UH_WRITERS"); do touch "/mnt/pond/$i" & done
