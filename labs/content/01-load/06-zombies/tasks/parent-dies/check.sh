# Looks for the parent that the task before saw (number and start, so that a reused number does not deceive), then for its zombies.
parent=${UH_OUT_MAKE_PARENT-}
[[ $parent ]] || fail not-made
if line=$(cat "/proc/$parent/stat" 2> /dev/null); then
  read -r -a field <<< "${line##*) }"
  if [[ ${field[19]-} == "${UH_OUT_MAKE_START-}" ]]; then
    [[ ${field[0]} == Z ]] && { value parent-too; exit 0; }
    fail alive "parent=$parent" "state=${field[0]}"
  fi
fi
IFS=, read -r -a pids <<< "${UH_OUT_MAKE_PIDS-}"
left() {
  for pid in "${pids[@]}"; do
    line=$(cat "/proc/$pid/stat" 2> /dev/null) || continue
    read -r -a field <<< "${line##*) }"
    [[ ${field[0]} == Z ]] && return 0
  done
  return 1
}
if left; then
  # Whoever adopted them may not have had its turn yet.
  exec 8<> <(:)
  read -r -t 1 -u 8
  if left; then
    ((field[1] == 1)) && value stay-init || value stay-orphans
    exit 0
  fi
fi
value gone
exit 0
