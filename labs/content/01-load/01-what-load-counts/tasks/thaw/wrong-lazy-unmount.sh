sudo umount -l /mnt/pond
