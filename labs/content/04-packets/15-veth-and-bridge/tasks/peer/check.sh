# bake.sh wrote down which number the host's end has; its name is looked up.
read -r outer < "/usr/local/lib/rooms/$UH_CELL.port"
found=
near that-end eth0
for dir in /sys/class/net/*; do
  name=${dir##*/}
  read -r own < "$dir/ifindex"
  read -r other < "$dir/iflink"
  if [[ $own == "$outer" ]]; then
    found=yes
    value "$name"
    value "$name@if$other"
  elif [[ $own != "$other" ]]; then
    near other-cable "$name"
    near other-cable "$name@if$other"
  fi
done
[[ $found ]] || fail gone
exit 0
