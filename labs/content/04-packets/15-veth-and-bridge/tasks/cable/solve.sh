sudo ip netns add "$UH_LEFT"
sudo ip link add "$UH_LEFT-port" type veth peer name eth0 netns "$UH_LEFT"
sudo ip -n "$UH_LEFT" addr add "10.$UH_NET.0.$UH_A/24" dev eth0
sudo ip -n "$UH_LEFT" link set eth0 up
sudo ip link set "$UH_LEFT-port" up
