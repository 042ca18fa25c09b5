# From the port to the container's id, from there to its process, from there to its eth0.
[[ $(iptables-save -t nat) =~ -A\ NETAVARK-HOSTPORT-DNAT\ [^$'\n']*--dport\ $UH_PORT\ [^$'\n']*id:\ ([0-9a-f]{64}) ]] || fail no-container
# The number in there has no end of line: `read` would call that a failure.
pid=$(< "/run/containers/storage/overlay-containers/${BASH_REMATCH[1]}/userdata/pidfile") || fail no-container
link=$(nsenter --target "$pid" --net ip -j link show dev eth0 2> /dev/null)
[[ $link =~ \"link_index\":([0-9]+) ]] || fail no-container
outer=${BASH_REMATCH[1]}
[[ $link =~ \"address\":\"([0-9a-f:]{17})\" ]] || fail no-container
value "${BASH_REMATCH[1]}"
read -r address < /sys/class/net/podman0/address
near bridge-own "$address"
for dir in /sys/class/net/*; do
  read -r own < "$dir/ifindex"
  read -r address < "$dir/address"
  [[ $own == "$outer" ]] && near host-end "$address"
done
exit 0
