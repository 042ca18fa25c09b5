# One ping of our own: the TTL that its answer still had on arrival in the room.
answer=$(nsenter --net="/run/netns/$UH_LEFT" ping -c 1 -W 3 203.0.113.1)
[[ $answer =~ ttl=([0-9]+) ]] || fail unmeasured "from=$UH_LEFT"
value "${BASH_REMATCH[1]}"
exit 0
