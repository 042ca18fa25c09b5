# Two busy processes tied to the same CPU in different cgroups, begun after the prediction: the niced one's part of what both got.
ago=${UH_COMMITTED_SECONDS_AGO:-0}
tied=() loose=() earlier=0
while read -r pid share age nice policy threads cpus group name; do
  if ((age > ago + 8)); then
    # What is left of an earlier task takes its part, too.
    { [[ $cpus =~ ^[0-9]+$ ]] && ((share >= 30)); } || ((share >= 200)) && ((earlier += 1))
    continue
  fi
  ((share >= 30 && policy == 0)) || continue
  if [[ $cpus =~ ^[0-9]+$ ]]; then tied+=("$cpus $share $nice $age $group"); elif ((share >= 400)); then loose+=("$cpus"); fi
done < <(. /usr/local/lib/underhood/cpu-shares 2)
count=${#tied[@]}
((count > 0 && count + earlier > 2)) && fail crowd "count=$((count + earlier))"
if ((count < 2)); then
  ((count + ${#loose[@]} < 2)) && fail not-together
  places=("${tied[@]%% *}" "${loose[@]}")
  fail apart "first=${places[0]}" "second=${places[1]}"
fi
read -r cpu share nice age group <<< "${tied[0]}"
read -r cpu2 share2 nice2 age2 group2 <<< "${tied[1]}"
[[ $cpu == "$cpu2" ]] || fail apart "first=$cpu" "second=$cpu2"
[[ $group == "$group2" ]] && fail same-group "group=$group"
if ((nice == 0)); then part=$share2 high=$nice2; else part=$share high=$nice; fi
((nice * nice2 == 0 && high == UH_NICE)) || fail other-nice "first=$nice" "second=$nice2"
((age >= 5 && age2 >= 5)) || fail ripening
part=$((part * 1000 / (share + share2)))
value "$((part / 10)).$((part % 10))"
exit 0
