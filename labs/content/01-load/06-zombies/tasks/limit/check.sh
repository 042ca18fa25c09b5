# The first living `forgetful`, its cgroup's limit, and how many zombies it has once the limit is reached.
read -r up _ < /proc/uptime
# Three seconds of grace: two clocks are compared. A start is in ticks of 1/100 s (proc_pid_stat(5)).
read -r pid count < <(cat /proc/[0-9]*/stat 2> /dev/null | awk -v since="$((${up%.*} - ${UH_COMMITTED_SECONDS_AGO:-0} - 3))" '
  { rest = $0; sub(/^.*\) /, "", rest); split(rest, f, " ") }
  $2 == "(forgetful)" && f[1] != "Z" && f[20] / 100 >= since { if (!pid || $1 < pid) pid = $1 }
  f[1] == "Z" { tally[f[2]]++ }
  END { print pid + 0, tally[pid] + 0 }')
((pid)) || fail not-started
IFS=: read -r _ _ group < "/proc/$pid/cgroup" || fail not-started
group=/sys/fs/cgroup$group
read -r found < "$group/pids.max" || fail not-started
[[ $found == "$UH_LIMIT" ]] || fail other-limit "found=$found"
read -r current < "$group/pids.current"
((current >= found)) || fail not-full "current=$current"
value "$count"
exit 0
