# Memory that each program of the office really takes: the sum of its processes' proportional shares (smaps_rollup, Pss).
declare -A share=()
while read -r pid comm; do
  while read -r key kib _; do
    [[ $key == Pss: ]] && share[$comm]=$((${share[$comm]:-0} + kib)) && break
  done 2> /dev/null < "/proc/$pid/smaps_rollup"
done < <(cat /proc/[1-9][0-9][0-9]*/stat 2> /dev/null | awk \
  -v crew=" ($UH_RESERVER) ($UH_HOLDER) ($UH_SHARER) ($UH_POOL) " 'index(crew, " " $2 " ") { print $1, substr($2, 2, length($2) - 2) }')
((${#share[@]} == 4)) || fail not-open
most=$UH_HOLDER
for name in "${!share[@]}"; do ((share[$name] > share[$most])) && most=$name; done
near only-reserved "$UH_RESERVER"
near counted-often "$UH_SHARER"
near only-threads "$UH_POOL"
value "$most"
exit 0
