# Which bed each complaint lies in, written as people write four numbers.
mapfile -t lines < /var/lib/ward/visits
visits=" ${lines[*]} "
for bed in 1 2 3 4; do [[ $visits == *" $bed "* ]] || fail not-examined "bed=$bed"; done
unset bed
forms() { # forms WORD [MESSAGE] A B C D
  local -a order=("${@: -4}")
  local separator
  for separator in '' ' ' ',' ', ' '-'; do
    "${@:1:$# - 4}" "${order[0]}$separator${order[1]}$separator${order[2]}$separator${order[3]}"
  done
}
read -r -a beds <<< "$UH_BEDS"
declare -A bed=()
names=(busy disk memory switches)
declare -A number=([busy]=1 [disk]=2 [memory]=3 [switches]=4)
inverse=()
for i in 0 1 2 3; do bed[${beds[i]}]=$((i + 1)) inverse+=("${number[${beds[i]}]}"); done
forms near disk-or-memory "${bed[busy]}" "${bed[memory]}" "${bed[disk]}" "${bed[switches]}"
forms near us-or-sy "${bed[switches]}" "${bed[disk]}" "${bed[memory]}" "${bed[busy]}"
forms near both-pairs "${bed[switches]}" "${bed[memory]}" "${bed[disk]}" "${bed[busy]}"
truth=("${bed[busy]}" "${bed[disk]}" "${bed[memory]}" "${bed[switches]}")
[[ ${inverse[*]} == "${truth[*]}" ]] || forms near by-bed "${inverse[@]}"
forms value "${truth[@]}"
exit 0
