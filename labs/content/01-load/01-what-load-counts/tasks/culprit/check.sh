# The truth is read from the process table now: which of the four programs has tasks in D.
declare -A stuck=()
found=
while read -r state comm; do
  case $comm in "$UH_STUCK" | "$UH_ASLEEP" | "$UH_STOPPED" | "$UH_HOARDER") found=yes ;; *) continue ;; esac
  [[ $state == D* ]] && stuck[$comm]=yes
done < <(ps -eo stat=,comm=)
[[ $found && ${#stuck[@]} -gt 0 ]] || fail not-started
near many-asleep "$UH_ASLEEP"
near used-cpu-once "$UH_STOPPED"
near just-memory "$UH_HOARDER"
for name in "${!stuck[@]}"; do value "$name"; done
exit 0
