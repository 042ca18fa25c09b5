# `unshare` stays where it is; only its children would be in the new pid namespace, and it has none.
sudo unshare --pid --mount --uts sleep 60 &
sleep 2
