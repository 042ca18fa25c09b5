# D tasks of programs (kernel threads have no memory of their own), and how idle the CPUs were over the last ten seconds or so.
log=/run/load-recorder/log
[[ -s $log ]] || fail no-recorder
read -r fresh idle load wanted high < <(tail -n 3 "$log" | awk -v cpus="$(nproc)" -v writers="$UH_WRITERS" '
  NR == 1 { from = $1; before = $2 }
  { last = $1 }
  END {
    getline line < "/proc/uptime"; split(line, up, " ")
    getline line < "/proc/loadavg"; split(line, load, " ")
    idle = up[1] > from ? (up[2] - before) * 100 / (up[1] - from) / cpus : 0
    print (NR > 0 && up[1] - last < 20), int(idle > 100 ? 100 : idle), load[1], writers / 2, (load[1] >= writers / 2)
  }')
((fresh)) || fail no-recorder
read -r count sleeping < <(ps -eo stat=,vsz= | awk '
  $2 > 0 { if ($1 ~ /^D/) d++; if ($1 ~ /^S/) s++ }
  END { print d + 0, s + 0 }')
sleepers=no bored=no raised=no
((count >= UH_WRITERS)) && sleepers=ok
# Idle CPUs alone are every fresh machine's: they count beside the sleepers.
[[ $sleepers == ok ]] && ((idle >= 60)) && bored=ok
[[ $bored == ok && $high == 1 ]] && raised=ok
goal sleepers "$sleepers"
goal idle "$bored"
goal load "$raised"
((idle >= 60)) || fail cpu-busy "idle=$idle"
[[ $sleepers == ok ]] || fail not-in-d "count=$count" "sleeping=$sleeping"
[[ $raised == ok ]] || fail ripening "count=$count" "idle=$idle" "load=$load" "wanted=$wanted"
pass
