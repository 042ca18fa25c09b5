# The ledger's last price of a top, taken after the prediction and with the crowd there.
read -r now _ < /proc/uptime
since=$((${now%.*} - ${UH_COMMITTED_SECONDS_AGO:-0} - 8))
files=
while IFS=$'\t' read -r at count processes command; do
  [[ ${command%% *} == top ]] && ((${at%.*} >= since)) || continue
  files=$count total=$processes which=$command
done < /var/lib/price/ledger
[[ $files ]] || fail not-priced
[[ $which =~ ^top(\ .*)?\ -[a-zA-Z]*n\ ?1(\ |$) ]] || fail several-screens "command=$which"
[[ $which =~ \ -[a-zA-Z]*[pH] ]] && fail other-rows "command=$which"
((total >= ${UH_OUT_REFRESH_PROCESSES:-60} + UH_CROWD - 30)) || fail no-crowd "count=$total"
value "$files"
exit 0
