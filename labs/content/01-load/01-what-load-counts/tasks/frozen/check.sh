# D tasks of programs, and how idle the CPUs were over the last ten seconds or so.
cpus=0
while read -r word _; do [[ $word == cpu[0-9]* ]] && ((++cpus)); done < /proc/stat
mapfile -t seen 2> /dev/null < /run/load-recorder/log.latest
((${#seen[@]} > 0)) || fail no-recorder
read -r up _ < /proc/uptime
hundredths "$up" now
# A CPU that waits for a disk is idle as well, though /proc/uptime does not count it.
read -r _ _ _ _ idled wait _ < /proc/stat
idled=$((idled + wait))
from=${seen[0]}
hundredths "${from%% *}" since
from=${from#* }
hundredths "${from%% *}" before
hundredths "${seen[-1]%% *}" last
((now - last < 2000)) || fail no-recorder
idle=$((now > since ? (idled - before) * 100 / (now - since) / cpus : 0))
((idle <= 100)) || idle=100
read -r load _ < /proc/loadavg
hundredths "$load" load100
programs D
sleeping=${in_state[S]-0}
sleepers=no bored=no raised=no
((count >= UH_WRITERS)) && sleepers=ok
# Idle CPUs alone are every fresh machine's: they count beside the sleepers.
[[ $sleepers == ok ]] && ((idle >= 60)) && bored=ok
[[ $bored == ok ]] && ((load100 >= UH_WRITERS * 50)) && raised=ok
goal sleepers "$sleepers"
goal idle "$bored"
goal load "$raised"
((idle >= 60)) || fail cpu-busy "idle=$idle"
[[ $sleepers == ok ]] || fail not-in-d "count=$count" "sleeping=$sleeping"
printf -v wanted '%d.%d' "$((UH_WRITERS / 2))" "$((UH_WRITERS % 2 * 5))"
[[ $raised == ok ]] || fail ripening "count=$count" "idle=$idle" "load=$load" "wanted=${wanted%.0}"
output "sleepers=$count"
pass
