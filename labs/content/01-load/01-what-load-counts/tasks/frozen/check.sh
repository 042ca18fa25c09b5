# D tasks of programs (kernel threads have no memory of their own), and how idle the CPUs were over the last ten seconds or so.
log=/run/load-recorder/log
[[ -s $log ]] || fail no-recorder
read -r now _ < /proc/uptime
read -r fresh idle load wanted high < <(tail -n 4 "$log" | awk -v now="$now" -v cpus="$(nproc)" -v writers="$UH_WRITERS" '
  NR == 1 { from = $1; idle = $2 }
  { to = $1; percent = to > from ? ($2 - idle) * 100 / (to - from) / cpus : 0; load = $3 }
  END { print ((now - to < 20) && (NR > 1)), int(percent > 100 ? 100 : percent), load, writers / 2, (load >= writers / 2) }')
((fresh)) || fail no-recorder
read -r count sleeping < <(ps -eo stat=,vsz= | awk '
  $2 > 0 { if ($1 ~ /^D/) d++; if ($1 ~ /^S/) s++ }
  END { print d + 0, s + 0 }')
sleepers=no bored=no raised=no
((count >= UH_WRITERS)) && sleepers=ok
((idle >= 80)) && bored=ok
[[ $sleepers == ok && $bored == ok && $high == 1 ]] && raised=ok
goal sleepers "$sleepers"
goal idle "$bored"
goal load "$raised"
[[ $bored == ok ]] || fail cpu-busy "idle=$idle"
[[ $sleepers == ok ]] || fail not-in-d "count=$count" "sleeping=$sleeping"
[[ $raised == ok ]] || fail ripening "count=$count" "idle=$idle" "load=$load" "wanted=$wanted"
pass
