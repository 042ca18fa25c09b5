# What was swapped out is wanted again all the time.
sudo fallocate -l 300M /swapfile
sudo chmod 600 /swapfile
sudo mkswap -q /swapfile
sudo swapon /swapfile
sudo systemd-run --quiet --collect --expand-environment=no --unit=attic perl -e '
  my @page = map { pack("N", $_) x 1024 } 1 .. 35840;
  for (;;) { for my $i (0 .. $#page) { substr($page[$i], 0, 1) = "x"; select undef, undef, undef, 0.01 if $i % 64 == 0 } }'
until (($(systemctl show -p MemoryCurrent --value attic) > 140000000)); do sleep 1; done
sudo systemctl set-property --runtime attic MemoryMax=40M
sleep 2
