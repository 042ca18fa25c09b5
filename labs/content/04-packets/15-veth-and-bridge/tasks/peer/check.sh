# The truth is the number that the room's eth0 has for its other end, looked up among the host's interfaces.
read -r pid < "/usr/local/lib/rooms/$UH_CELL.pid"
read -r name 2> /dev/null < "/proc/$pid/comm" && [[ $name == "$UH_CELL" ]] || fail gone
link=$(nsenter --target "$pid" --net ip -j link show dev eth0 2> /dev/null)
[[ $link =~ \"link_index\":([0-9]+) ]] || fail gone
outer=${BASH_REMATCH[1]}
near that-end eth0
for dir in /sys/class/net/*; do
  name=${dir##*/}
  read -r own < "$dir/ifindex"
  read -r other < "$dir/iflink"
  if [[ $own == "$outer" ]]; then
    value "$name"
    value "$name@if$other"
  elif [[ $own != "$other" ]]; then
    near other-cable "$name"
    near other-cable "$name@if$other"
  fi
done
exit 0
