pid=$(pgrep -o -x "$UH_ODD")
for kind in cgroup ipc mnt net uts; do
  link=$(sudo readlink "/proc/$pid/ns/$kind")
  [[ $link == "$(readlink "/proc/$$/ns/$kind")" ]] || echo "answer: $(tr -dc 0-9 <<< "$link")"
done
