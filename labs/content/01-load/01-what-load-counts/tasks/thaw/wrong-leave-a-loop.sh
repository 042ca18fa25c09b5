sudo fsfreeze -u /mnt/pond
for _ in 1 2; do timeout 40 sh -c 'while :; do :; done' & done
sleep 15
