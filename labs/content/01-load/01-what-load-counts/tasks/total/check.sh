# What the kernel counts at this very moment. The check's own processes are few enough for the tolerance.
read -r _ _ _ tasks last < /proc/loadavg
running=${tasks%/*} total=${tasks#*/}
processes=0
for entry in /proc/[0-9]*; do processes=$((processes + 1)); done
near that-is-pid "$last"
for n in 1 2 3 "$running"; do near that-is-running "$n"; done
near that-is-processes "$processes"
value "$total"
exit 0
