# Swap space is there; nothing has to go there, since memory is plentiful.
sudo fallocate -l 300M /swapfile
sudo chmod 600 /swapfile
sudo mkswap -q /swapfile
sudo swapon /swapfile
sudo systemd-run --quiet --collect --unit=attic bash -c 'tail -c 140M < <(yes | head -c 140M; exec sleep 900)'
until (($(systemctl show -p MemoryCurrent --value attic) > 140000000)); do sleep 1; done
