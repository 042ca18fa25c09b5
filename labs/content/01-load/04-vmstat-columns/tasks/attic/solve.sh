sudo fallocate -l 300M /swapfile
sudo chmod 600 /swapfile
sudo mkswap -q /swapfile
sudo swapon /swapfile
sudo systemd-run --quiet --collect --unit=attic bash -c 'tail -c 140M < <(yes | head -c 140M; exec sleep 900)'
until (($(systemctl show -p MemoryCurrent --value attic) > 140000000)); do sleep 1; done
sudo systemctl set-property --runtime attic MemoryMax=40M
sleep 2
