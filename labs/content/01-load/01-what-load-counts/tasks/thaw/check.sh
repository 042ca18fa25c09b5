# No program in D, and the CPUs idle again.
log=/run/load-recorder/log
[[ -s $log ]] || fail no-recorder
waiting() { read -r count pid name < <(ps -eo pid=,stat=,vsz=,comm= | awk '
  $2 ~ /^D/ && $3 > 0 { if (!n++) { pid = $1; name = $4 } }
  END { print n + 0, pid, name }'); }
waiting
if ((count > 0)); then
  # A disk may hold a program for an instant: only what is still there a little later is stuck.
  exec 8<> <(:)
  read -r -t 0.4 -u 8
  waiting
  ((count == 0)) || fail still-d "count=$count" "pid=$pid" "name=$name"
fi
read -r now _ < /proc/uptime
read -r fresh idle < <(tail -n 3 "$log" | awk -v now="$now" -v cpus="$(nproc)" '
  NR == 1 { from = $1; idle = $2 }
  { to = $1; percent = to > from ? ($2 - idle) * 100 / (to - from) / cpus : 0 }
  END { print ((now - to < 20) && (NR > 1)), int(percent > 100 ? 100 : percent) }')
((fresh)) || fail no-recorder
((idle >= 70)) || fail still-busy "idle=$idle"
pass
