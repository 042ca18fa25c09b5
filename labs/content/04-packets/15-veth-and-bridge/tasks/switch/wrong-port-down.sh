sudo ip netns add "$UH_RIGHT"
sudo ip link add "$UH_RIGHT-port" type veth peer name eth0 netns "$UH_RIGHT"
sudo ip -n "$UH_RIGHT" addr add "10.$UH_NET.0.$UH_B/24" dev eth0
sudo ip -n "$UH_RIGHT" link set eth0 up
sudo ip link add "br$UH_NET" type bridge
sudo ip link set "br$UH_NET" up
sudo ip link set "$UH_LEFT-port" master "br$UH_NET"
sudo ip link set "$UH_RIGHT-port" master "br$UH_NET"
