# Memory that each program of the office really takes: the sum of its processes' proportional shares (smaps_rollup, Pss).
declare -A share=()
for entry in /proc/[0-9]*; do
  read -r comm < "$entry/comm" || continue
  case $comm in "$UH_RESERVER" | "$UH_HOLDER" | "$UH_SHARER" | "$UH_POOL") ;; *) continue ;; esac
  while read -r key kib _; do
    [[ $key == Pss: ]] && share[$comm]=$((${share[$comm]:-0} + kib)) && break
  done < "$entry/smaps_rollup"
done 2> /dev/null
((${#share[@]} == 4)) || fail not-open
most=$UH_HOLDER
for name in "${!share[@]}"; do ((share[$name] > share[$most])) && most=$name; done
near only-reserved "$UH_RESERVER"
near counted-often "$UH_SHARER"
near only-threads "$UH_POOL"
value "$most"
exit 0
