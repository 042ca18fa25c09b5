# iowait is idle time; with loops on every CPU there is none.
echo 'answer: 0'
read -r -p 'Enter once the prediction is committed: '
sudo systemd-run --quiet --collect --unit=slow-disk -p 'IOReadBandwidthMax=/dev/vda 1M' dd if=/dev/vda of=/dev/null bs=128k iflag=direct
for _ in $(seq "$UH_LOOPS"); do timeout 40 sh -c 'while :; do :; done' & done
wait
sudo systemctl stop slow-disk
