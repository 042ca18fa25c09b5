sudo night-change
sudo iptables -I INPUT -p tcp --dport "$UH_PORT" -j ACCEPT
