# A limit without any swap: the kernel ends the program instead.
sudo systemd-run --quiet --collect --unit=attic -p MemoryMax=48M \
  bash -c 'tail -c 140M < <(yes | head -c 140M; exec sleep 900)'
sleep 8
