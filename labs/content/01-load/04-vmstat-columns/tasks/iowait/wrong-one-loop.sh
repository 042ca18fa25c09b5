echo 'answer: 50'
read -r -p 'Enter once the prediction is committed: '
sudo systemd-run --quiet --collect --unit=slow-disk -p 'IOReadBandwidthMax=/dev/vda 1M' dd if=/dev/vda of=/dev/null bs=128k iflag=direct
timeout 40 sh -c 'while :; do :; done'
