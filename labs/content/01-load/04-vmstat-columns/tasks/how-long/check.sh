# The ledger's last vmstat since the prediction (eight seconds of grace: two clocks are compared).
read -r now _ < /proc/uptime
since=$((${now%.*} - ${UH_COMMITTED_SECONDS_AGO:-0} - 8))
took=
while IFS=$'\t' read -r at ms code command; do
  [[ ${command%% *} == vmstat || ${command%% *} == */vmstat ]] && ((${at%.*} - ms / 1000 >= since)) || continue
  took=$ms status=$code which=$command
done < /var/lib/stopwatch/ledger
[[ $took ]] || fail not-run
numbers=
for word in $which; do
  [[ $word =~ ^[0-9]+$ ]] && numbers+="$word "
  [[ $word == -*y* || $word == --no-first ]] && fail other-command "command=$which"
done
[[ $numbers == "$UH_PAUSE $UH_LINES " ]] || fail other-command "command=$which"
tenths=$(((took + 50) / 100))
((status == 0)) || fail cut-short "seconds=$((tenths / 10)).$((tenths % 10))"
value "$((tenths / 10)).$((tenths % 10))"
exit 0
