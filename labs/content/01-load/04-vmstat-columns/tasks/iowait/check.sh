# What the CPUs did and what the slow disk carried in four seconds: /proc/stat and the service's io.stat.
disk=/sys/fs/cgroup/system.slice/slow-disk.service/io.stat
carried() {
  local word rest
  bytes=
  while read -r _ rest; do
    for word in $rest; do [[ $word == [rw]bytes=* ]] && bytes=$((bytes + ${word#*=})); done
  done 2> /dev/null < "$disk"
  [[ $bytes ]]
}
ticks() { read -r _ user nice system idle wait irq soft steal _ < /proc/stat; }
carried || fail no-disk
first=$bytes
ticks
u=$((user + nice)) s=$((system + irq + soft)) i=$idle w=$wait t=$steal
# A pipe that nobody writes to: reading it with a time limit waits without starting a `sleep`.
exec 8<> <(:)
read -r -t 4 -u 8
ticks
u=$((user + nice - u)) s=$((system + irq + soft - s)) i=$((idle - i)) w=$((wait - w)) t=$((steal - t))
carried && ((bytes > first)) || fail no-disk
all=$((u + s + i + w + t))
((all > 0)) || fail not-busy "us=0" "id=100" "wa=0"
((u * 100 / all >= 75)) || fail not-busy "us=$((u * 100 / all))" "id=$((i * 100 / all))" "wa=$((w * 100 / all))"
# The interval began before the loops did.
(((i + w) * 100 / all <= 5)) || fail not-busy "us=$((u * 100 / all))" "id=$((i * 100 / all))" "wa=$((w * 100 / all))"
output "wa=$((w * 100 / all))"
value "$((w * 100 / all))"
exit 0
