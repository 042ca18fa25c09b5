(sleep 0.2 & exec sleep 300) &
sleep 1
