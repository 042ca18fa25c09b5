pid=$(pgrep -o -x "$UH_ODD")
for kind in cgroup ipc mnt net pid time user uts; do
  [[ $(sudo readlink "/proc/$pid/ns/$kind") == "$(readlink "/proc/$$/ns/$kind")" ]] || echo "answer: $kind"
done
