# The packets that the DNAT rule has counted since it was set to zero.
[[ $(iptables-save -c -t nat) =~ \[([0-9]+):[0-9]+\]\ -A\ NETAVARK-DN-[^$'\n']*\ --dport\ $UH_PORT\ -j\ DNAT ]] || fail not-published
count=${BASH_REMATCH[1]}
((count >= UH_REQUESTS)) || fail not-enough "count=$count"
# More than were asked for: what is there was counted before the prediction.
((count <= UH_REQUESTS + 3)) || fail not-zeroed "count=$count"
value "$count"
exit 0
