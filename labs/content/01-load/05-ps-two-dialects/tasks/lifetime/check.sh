# The latest `sleep` with CPU time of its own: it burnt that before it became `sleep`. proc_pid_stat(5): fields 14, 15 and 22.
read -r up _ < /proc/uptime
since=$((${up%.*} - ${UH_COMMITTED_SECONDS_AGO:-0} - 8))
read -r age spent busy < <(cat /proc/[1-9][0-9][0-9]*/stat 2> /dev/null | awk -v up="${up%.*}" -v since="$since" -v me=$$ '
  $2 != "(sleep)" && $2 != "(bash)" || $1 == me { next }
  { started = $22 / 100; cpu = $14 + $15 }
  started < since { next }
  $2 == "(sleep)" && cpu >= 50 { age = int(up - started); spent = cpu }
  $2 == "(bash)" && cpu >= 200 && cpu > busy { busy = cpu }
  END { print age + 0, spent + 0, busy + 0 }')
if ((spent == 0)); then
  ((busy == 0)) || fail still-burning "seconds=$((busy / 100))"
  fail not-started
fi
((spent >= UH_BURN * 60 && spent <= UH_BURN * 115)) || fail other-burn "seconds=$((spent / 100))"
((age >= UH_AGE)) || fail ripening "age=$age"
# It sleeps, so its CPU time stays: what ps showed at that age can be computed later.
permille=$((spent * 10 / UH_AGE))
output "pcpu=$((permille / 10)).$((permille % 10))"
value "$((permille / 10)).$((permille % 10))"
exit 0
