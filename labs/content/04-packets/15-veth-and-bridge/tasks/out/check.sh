# Whether an answer really comes, from both rooms; only where none does, what on the packet's way is wrong. NAT shows in the answer.
wrong=()
note() { ((${#wrong[@]})) || wrong=("$@"); }
routed=ok forwards=no replies=no each=
# An address of the host's own is a leaf of the routing tables, its network a node. Cheaper than `ip`, which is asked when in doubt.
table=$(< /proc/net/fib_trie)
[[ $table == *"-- 10.$UH_NET.0.1"$'\n'* && $table == *"10.$UH_NET.0.0/24"* ]] || note no-gateway
# For all interfaces or for the two on the way: ip_forward switches each of them.
for link in "br$UH_NET" eth0; do { read -r forward < "/proc/sys/net/ipv4/conf/$link/forwarding"; } 2> /dev/null || forward=0; each+=$forward; done
[[ $each == 11 ]] && forwards=ok
# The routes of `outside`, without a program by way of its name server: addresses in hexadecimal, turned round. None may lead back.
pid=$(< /run/underhood-names.pid)
if [[ /proc/$pid/ns/net -ef /run/netns/outside ]]; then
  back=$(< "/proc/$pid/net/route")
else
  back=$(nsenter --net=/run/netns/outside cat /proc/self/net/route)
fi
silent=
printf -v network '00%02X0A' "$UH_NET"
while read -r _ destination gateway _; do
  [[ $destination == *"$network" || $gateway == *[1-9A-F]* && $gateway != Gateway ]] && silent=-
done <<< "$back"
if [[ ! $silent && $forwards == ok ]] && ((${#wrong[@]} == 0)); then
  for room in "$UH_LEFT" "$UH_RIGHT"; do
    nsenter --net="/run/netns/$room" ping -q -c 1 -W 2 203.0.113.1 || { silent=$room && break; }
  done
  [[ $silent ]] || replies=ok
fi
if [[ $replies == no ]]; then
  routed=ok
  for room in "$UH_LEFT" "$UH_RIGHT"; do
    route=
    [[ -e /run/netns/$room ]] && route=$(ip -n "$room" -j route show default)
    [[ $route == *"\"gateway\":\"10.$UH_NET.0.1\""* ]] && continue
    routed=no
    [[ $route =~ \"gateway\":\"([0-9.]+)\" ]]
    note no-route "name=$room" "seen=${BASH_REMATCH[1]:--}"
  done
  [[ $forwards == ok ]] || note no-forwarding
  [[ $silent == - ]] && note route-back
  [[ -d /sys/class/net/br$UH_NET && $(ip -j addr show dev "br$UH_NET") == *"\"local\":\"10.$UH_NET.0.1\",\"prefixlen\":24"* ]] || note no-gateway
  note no-reply "from=${silent:-$UH_LEFT}" to=203.0.113.1
fi
goal route "$routed"
goal forward "$forwards"
goal reply "$replies"
((${#wrong[@]} == 0)) || fail "${wrong[@]}"
pass
