# Memory that each program of the office really takes: the sum of its processes' proportional shares (smaps_rollup, Pss).
mapfile -t pids 2> /dev/null < /sys/fs/cgroup/system.slice/office.service/cgroup.procs
declare -A share=()
for pid in "${pids[@]}"; do
  read -r comm < "/proc/$pid/comm" || continue
  # All at once: line by line, the kernel would walk through all pages again for each of them.
  mapfile -t lines < "/proc/$pid/smaps_rollup"
  for line in "${lines[@]}"; do
    [[ $line == Pss:* ]] && share[$comm]=$((${share[$comm]:-0} + ${line//[!0-9]/})) && break
  done
done 2> /dev/null
unset "share[bash]"
# While it opens, memory is still being filled.
((${#share[@]} == 4 && share[$UH_HOLDER] > 50000)) || fail not-open
most=$UH_HOLDER
for name in "${!share[@]}"; do ((share[$name] > share[$most])) && most=$name; done
near only-reserved "$UH_RESERVER"
near counted-often "$UH_SHARER"
near only-threads "$UH_POOL"
value "$most"
exit 0
