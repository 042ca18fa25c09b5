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
read -r fresh idle < <(tail -n 2 "$log" | awk -v cpus="$(nproc)" '
  NR == 1 { from = $1; before = $2 }
  { last = $1 }
  END {
    getline line < "/proc/uptime"; split(line, up, " ")
    idle = up[1] > from ? (up[2] - before) * 100 / (up[1] - from) / cpus : 0
    print (NR > 0 && up[1] - last < 20), int(idle > 100 ? 100 : idle)
  }')
((fresh)) || fail no-recorder
((idle >= 50)) || fail still-busy "idle=$idle"
pass
