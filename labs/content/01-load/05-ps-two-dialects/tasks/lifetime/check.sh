# The latest `sleep` with CPU time of its own: it burnt that before it became `sleep`. proc_pid_stat(5): fields 14, 15 and 22.
read -r up _ < /proc/uptime
since=$((${up%.*} - ${UH_COMMITTED_SECONDS_AGO:-0} - 8))
age=0 spent=0 busy=0
for entry in /proc/[0-9]*/stat; do
  read -r line < "$entry" || continue
  [[ $line == *' (sleep) '* || $line == *' (bash) '* ]] && [[ ${line%% *} != "$$" ]] || continue
  field=(${line##*) })
  started=$((field[19] / 100)) cpu=$((field[11] + field[12]))
  ((started >= since)) || continue
  if [[ $line == *' (sleep) '* ]]; then
    ((cpu >= 150)) && age=$((${up%.*} - started)) spent=$cpu
  elif ((cpu >= 200)); then
    busy=$cpu
  fi
done 2> /dev/null
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
