sudo ip addr add "10.$UH_NET.0.1/24" dev "br$UH_NET"
sudo ip -n "$UH_LEFT" route add default via "10.$UH_NET.0.1"
sudo ip -n "$UH_RIGHT" route add default via "10.$UH_NET.0.1"
sudo sysctl -q -w net.ipv4.ip_forward=1
sudo ip -n outside route add "10.$UH_NET.0.0/24" via 203.0.113.10
