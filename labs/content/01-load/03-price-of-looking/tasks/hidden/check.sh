# Own CPU time and that of the children already waited for, of each watchman: proc_pid_stat(5), fields 14 to 17.
declare -A children=()
for entry in /proc/[1-9][0-9][0-9]*; do
  { read -r comm < "$entry/comm"; } 2> /dev/null || continue
  case $comm in "$UH_GUILTY" | "$UH_BUSY" | "$UH_HEAVY") ;; *) continue ;; esac
  { read -r line < "$entry/stat"; } 2> /dev/null || continue
  field=(${line##*) })
  children[$comm]=$((${children[$comm]:-0} + field[13] + field[14]))
done
((${#children[@]} == 3)) || fail not-started
most=$UH_GUILTY
for name in "${!children[@]}"; do ((children[$name] > children[$most])) && most=$name; done
near works-itself "$UH_BUSY"
near only-memory "$UH_HEAVY"
near the-child ps
near the-child 'ps aux'
value "$most"
exit 0
