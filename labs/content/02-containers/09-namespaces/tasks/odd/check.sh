# Compares the program's namespaces with the machine's, kind by kind. `-ef` looks at the namespace behind the link.
pid=
for path in /proc/[0-9]*; do
  read -r name < "$path/comm" || continue
  [[ $name == "$UH_ODD" ]] && { pid=${path#/proc/}; break; }
done 2> /dev/null
[[ $pid ]] || fail gone
for kind in cgroup ipc mnt net pid time user uts; do
  if [[ /proc/$pid/ns/$kind -ef /proc/1/ns/$kind ]]; then
    near shared "$kind"
    [[ $kind == mnt ]] && near shared mount
    [[ $kind == net ]] && near shared network
  else
    value "$kind"
    [[ $kind == mnt ]] && value mount
    [[ $kind == net ]] && value network
    link=$(readlink "/proc/$pid/ns/$kind")
    number=${link#*[} number=${number%]}
    near a-number "$number"
    near a-number "$link"
  fi
done
exit 0
