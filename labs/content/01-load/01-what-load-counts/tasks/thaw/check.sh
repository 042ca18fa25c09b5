# No program in D, and the CPUs idle again. Every untouched machine is like that, so something must have been frozen before.
[[ ${UH_OUT_FROZEN_SLEEPERS-} ]] || fail nothing-frozen
programs D
if ((count > 0)); then
  # A disk may hold a program for an instant: only what is still there a little later is stuck.
  exec 8<> <(:)
  read -r -t 0.4 -u 8
  programs D
  ((count == 0)) || fail still-d "count=$count" "pid=$pid" "name=$name"
fi
cpus=0
while read -r word _; do [[ $word == cpu[0-9]* ]] && ((++cpus)); done < /proc/stat
mapfile -t seen 2> /dev/null < /run/load-recorder/log.latest
((${#seen[@]} > 0)) || fail no-recorder
read -r up _ < /proc/uptime
hundredths "$up" now
# A CPU that waits for a disk is idle as well, though /proc/uptime does not count it.
read -r _ _ _ _ idled wait _ < /proc/stat
idled=$((idled + wait))
from=${seen[${#seen[@]} > 1 ? -2 : -1]}
hundredths "${from%% *}" since
from=${from#* }
hundredths "${from%% *}" before
hundredths "${seen[-1]%% *}" last
((now - last < 2000)) || fail no-recorder
idle=$((now > since ? (idled - before) * 100 / (now - since) / cpus : 0))
((idle <= 100)) || idle=100
((idle >= 50)) || fail still-busy "idle=$idle"
pass
