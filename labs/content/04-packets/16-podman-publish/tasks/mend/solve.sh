sudo night-change
case $UH_FAULT in
  rules) sudo podman network reload "$UH_NAME" ;;
  forwarding) sudo sysctl -q -w net.ipv4.ip_forward=1 ;;
  cable) for end in /sys/class/net/veth*; do sudo ip link set "${end##*/}" master podman0; done ;;
  filter) sudo iptables -D FORWARD -i eth0 -p tcp --syn -j DROP ;;
esac
