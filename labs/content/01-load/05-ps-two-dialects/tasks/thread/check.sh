# Which thread's CPU time grows: fields 14 and 15 of each thread's stat, three seconds apart.
mapfile -t pids 2> /dev/null < /sys/fs/cgroup/system.slice/office.service/cgroup.procs
pid=
for candidate in "${pids[@]}"; do
  read -r comm < "/proc/$candidate/comm" && [[ $comm == "$UH_POOL" ]] && pid=$candidate && break
done 2> /dev/null
[[ $pid ]] || fail not-open
declare -A before=() name=()
look() {
  local entry line
  lines=()
  for entry in "/proc/$pid/task"/*/stat; do read -r line < "$entry" && lines+=("$line"); done 2> /dev/null
}
look
for line in "${lines[@]}"; do
  field=($line)
  before[${field[0]}]=$((field[13] + field[14]))
done
# A pipe that nobody writes to: reading it with a time limit waits without starting a `sleep`.
exec 8<> <(:)
read -r -t 3 -u 8
look
most= growth=0
for line in "${lines[@]}"; do
  field=($line)
  tid=${field[0]} grown=$((field[13] + field[14] - ${before[${field[0]}]:-0}))
  name[$tid]=${field[1]:1:-1}
  ((grown > growth)) && most=$tid growth=$grown
done
# While the first one still works, there is no difference to be seen.
[[ $most && ${name[$most]} != "$UH_SPENT" ]] || fail too-early
for tid in "${!name[@]}"; do
  [[ ${name[$tid]} == "$UH_SPENT" ]] && near worked-once "$tid"
done
near worked-once "$UH_SPENT"
near the-process "$UH_POOL"
near the-process "$pid"
value "${name[$most]}"
value "$most"
exit 0
