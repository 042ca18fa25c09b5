# The bridge, then each room's cable and the port at its other end, then one real ping. The first thing wrong is what is said.
bridge=/sys/class/net/br$UH_NET
wrong=()
note() { ((${#wrong[@]})) || wrong=("$@"); }
has_bridge=no has_room=no plugged=no talks=no
if [[ ! -d $bridge/bridge ]]; then
  note no-bridge
elif ((($(< "$bridge/flags") & 1) == 0)); then
  note bridge-down
else
  has_bridge=ok
fi

# cable ROOM ADDRESS: 0 when its other end is a port of the bridge and both are up
cable() {
  local link inner=- outer=- port='' dir own other flags
  [[ -e /run/netns/$1 ]] || { note no-namespace "name=$1"; return 1; }
  link=$(ip -n "$1" -d -j addr show dev eth0 2> /dev/null)
  [[ $link == *'"info_kind":"veth"'* ]] || { note no-eth0 "name=$1"; return 1; }
  if [[ $link == *"\"local\":\"$2\",\"prefixlen\":24"* ]]; then
    [[ $1 == "$UH_RIGHT" ]] && has_room=ok
  else
    note no-address "name=$1" "address=$2"
  fi
  [[ $link =~ \"ifindex\":([0-9]+) ]] && inner=${BASH_REMATCH[1]}
  [[ $link =~ \"link_index\":([0-9]+) ]] && outer=${BASH_REMATCH[1]}
  for dir in /sys/class/net/*; do
    read -r own < "$dir/ifindex"
    read -r other < "$dir/iflink"
    [[ $own == "$outer" && $other == "$inner" && $dir != */eth0 ]] && port=${dir##*/}
  done
  [[ $port ]] || { note direct "name=$1"; return 1; }
  [[ -e $bridge/brif/$port ]] || { note not-plugged "name=$1" "port=$port"; return 1; }
  [[ $link =~ \"flags\":\[([^]]*)\] && ${BASH_REMATCH[1]} == *'"UP"'* ]] || { note inner-down "name=$1"; return 1; }
  read -r flags < "/sys/class/net/$port/flags"
  ((flags & 1)) || { note port-down "port=$port"; return 1; }
}
left=ok right=ok
cable "$UH_LEFT" "10.$UH_NET.0.$UH_A" || left=no
cable "$UH_RIGHT" "10.$UH_NET.0.$UH_B" || right=no
[[ $left$right == okok ]] && plugged=ok
if ((${#wrong[@]} == 0)); then
  if nsenter --net="/run/netns/$UH_LEFT" ping -q -c 1 -W 2 "10.$UH_NET.0.$UH_B"; then
    talks=ok
  else
    note no-reply "from=$UH_LEFT" "to=10.$UH_NET.0.$UH_B"
  fi
fi
goal bridge "$has_bridge"
goal room "$has_room"
goal ports "$plugged"
goal talk "$talks"
((${#wrong[@]} == 0)) || fail "${wrong[@]}"
pass
