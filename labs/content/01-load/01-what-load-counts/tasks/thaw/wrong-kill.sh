sudo pkill -9 -x touch
