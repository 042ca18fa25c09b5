sudo ip netns add "$UH_LEFT"
sudo ip link add "$UH_LEFT-port" type veth peer name "$UH_LEFT-eth0"
sudo ip addr add "10.$UH_NET.0.$UH_A/24" dev "$UH_LEFT-eth0"
sudo ip link set "$UH_LEFT-port" up
