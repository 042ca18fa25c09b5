# Along a packet's way: gateway, routes, forwarding; then whether an answer really comes. NAT shows in the answer.
wrong=()
note() { ((${#wrong[@]})) || wrong=("$@"); }
routed=ok forwards=no replies=no
# An address of the host's own is a leaf of the routing tables, its network a node. Cheaper than `ip`, which is asked when in doubt.
table=$(< /proc/net/fib_trie)
[[ $table == *"-- 10.$UH_NET.0.1"$'\n'* && $table == *"10.$UH_NET.0.0/24"* ]] || note no-gateway
for room in "$UH_LEFT" "$UH_RIGHT"; do
  route=$(ip -n "$room" -j route show default 2> /dev/null)
  [[ $route == *"\"gateway\":\"10.$UH_NET.0.1\""* ]] && continue
  routed=no
  [[ $route =~ \"gateway\":\"([0-9.]+)\" ]]
  note no-route "name=$room" "seen=${BASH_REMATCH[1]:--}"
done
[[ $(< /proc/sys/net/ipv4/ip_forward) == 1 ]] && forwards=ok || note no-forwarding
back=$(ip -n outside route)
[[ $back == *" via "* || $back == *"10.$UH_NET.0"* ]] && note route-back
if ((${#wrong[@]} == 0)); then
  replies=ok
  for room in "$UH_LEFT" "$UH_RIGHT"; do
    nsenter --net="/run/netns/$room" ping -q -c 1 -W 2 203.0.113.1 && continue
    replies=no
    [[ $(ip -j addr show dev "br$UH_NET") == *"\"local\":\"10.$UH_NET.0.1\",\"prefixlen\":24"* ]] || note no-gateway
    note no-reply "from=$room" to=203.0.113.1
    break
  done
fi
goal route "$routed"
goal forward "$forwards"
goal reply "$replies"
((${#wrong[@]} == 0)) || fail "${wrong[@]}"
pass
