sudo unshare --pid --fork --mount-proc --uts sleep 60 &
sleep 2
