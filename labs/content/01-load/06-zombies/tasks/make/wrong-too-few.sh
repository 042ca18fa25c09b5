(sleep 5 & exec sleep 300) &
sleep 6
