echo "answer: $(cat /sys/class/net/podman0/address)"
