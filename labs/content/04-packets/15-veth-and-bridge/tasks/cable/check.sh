# The room's eth0, and the interface of the host whose numbers match its own crosswise.
[[ -e /run/netns/$UH_LEFT ]] || fail no-namespace "name=$UH_LEFT"
link=$(ip -n "$UH_LEFT" -d -j addr show dev eth0 2> /dev/null)
[[ $link == *'"info_kind":"veth"'* ]] || fail no-eth0 "name=$UH_LEFT"
inner=- outer=- port=
[[ $link =~ \"ifindex\":([0-9]+) ]] && inner=${BASH_REMATCH[1]}
[[ $link =~ \"link_index\":([0-9]+) ]] && outer=${BASH_REMATCH[1]}
for dir in /sys/class/net/*; do
  read -r own < "$dir/ifindex"
  read -r other < "$dir/iflink"
  # eth0 of the host leads to the world; its numbers may be the same by chance.
  [[ $own == "$outer" && $other == "$inner" && $dir != */eth0 ]] && port=${dir##*/}
done
[[ $port ]] || fail elsewhere
address=10.$UH_NET.0.$UH_A
if [[ $link != *"\"local\":\"$address\",\"prefixlen\":24"* ]]; then
  [[ $(ip -j addr) == *"\"local\":\"$address\""* ]] && fail address-outside
  fail no-address "name=$UH_LEFT" "address=$address"
fi
# Each end's own switch: the state of an end says "down" for either of them.
up=DOWN outer=DOWN
[[ $link =~ \"flags\":\[([^]]*)\] && ${BASH_REMATCH[1]} == *'"UP"'* ]] && up=UP
read -r flags < "/sys/class/net/$port/flags"
((flags & 1)) && outer=UP
[[ $up == UP && $outer == UP ]] || fail down "inner=$up" "port=$port" "outer=$outer"
pass
