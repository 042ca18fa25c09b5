# The busiest process with enough threads, begun after the prediction (eight seconds of grace: two clocks are compared).
ago=${UH_COMMITTED_SECONDS_AGO:-0}
best=0 most=0 other=
while read -r pid share age nice policy threads cpus group name; do
  ((age <= ago + 8 && share >= 200)) || continue
  if ((threads >= UH_THREADS)); then
    ((share > best)) && best=$share young=$((age < 6)) program=$name
  elif ((threads > most)); then
    most=$threads other=$name
  fi
done < <(. /usr/local/lib/underhood/cpu-shares 2)
if ((best == 0)); then
  [[ $other ]] && fail few-threads "name=$other" "count=$most"
  fail not-started
fi
((young)) && fail warming-up "name=$program"
value "$((best / 10)).$((best % 10))"
exit 0
