# A real-time and an ordinary process tied to one CPU, begun after the prediction: the ordinary one's part of what both got.
ago=${UH_COMMITTED_SECONDS_AGO:-0}
real=() plain=() earlier=0
while read -r pid share age nice policy threads cpus group name; do
  if ((age > ago + 8)); then
    # What is left of an earlier task takes its part, too, however little beside a real-time loop.
    { [[ $cpus =~ ^[0-9]+$ ]] && ((share >= 5)); } || ((share >= 200)) && ((earlier += 1))
    continue
  fi
  [[ $cpus =~ ^[0-9]+$ ]] || continue
  if ((policy == 1 || policy == 2)); then real+=("$cpus $share $age"); else plain+=("$cpus $share $age $nice"); fi
done < <(. /usr/local/lib/underhood/cpu-shares 4)
if ((${#real[@]} == 0)); then
  ((${#plain[@]} < 2)) && fail not-together
  fail no-real-time "first=${plain[0]##* }" "second=${plain[1]##* }"
fi
read -r cpu share age <<< "${real[0]}"
beside=()
for one in "${plain[@]}"; do [[ ${one%% *} == "$cpu" ]] && beside+=("$one"); done
((${#beside[@]} > 0)) || fail alone "cpu=$cpu" "share=$((share / 10))"
count=$((${#beside[@]} + ${#real[@]} + earlier))
((count == 2)) || fail crowd "count=$count"
read -r _ share2 age2 _ <<< "${beside[0]}"
((age >= 10 && age2 >= 10)) || fail ripening
part=$((share2 * 1000 / (share + share2)))
value "$((part / 10)).$((part % 10))"
exit 0
