# What the three looks cost, from the ledger, since the prediction (eight seconds of grace: two clocks are compared).
read -r now _ < /proc/uptime
since=$((${now%.*} - ${UH_COMMITTED_SECONDS_AGO:-0} - 8))
declare -A files=()
while IFS=$'\t' read -r at count processes command; do
  ((${at%.*} >= since)) || continue
  case $command in
    'ps aux' | '/usr/bin/ps aux') files[aux]=$count ;;
    'ps -ef' | '/usr/bin/ps -ef') files[ef]=$count ;;
    ps\ -eo\ pid,comm | ps\ -e\ -o\ pid,comm) files[two]=$count ;;
    ps\ *) other=$command ;;
  esac
done < /var/lib/price/ledger
if ((${#files[@]} < 3)); then
  missing=
  [[ ${files[aux]-} ]] || missing='ps aux'
  [[ ${files[ef]-} ]] || missing+="${missing:+, }ps -ef"
  [[ ${files[two]-} ]] || missing+="${missing:+, }ps -eo pid,comm"
  [[ ${other-} ]] && fail other-command "command=$other" "missing=$missing"
  fail not-priced "missing=$missing"
fi
output "aux=${files[aux]}" "ef=${files[ef]}" "two=${files[two]}"
# A few processes come and go: an eighth more is still the same.
most=${files[aux]} least=${files[aux]}
for n in "${files[ef]}" "${files[two]}"; do ((n > most)) && most=$n; ((n < least)) && least=$n; done
if ((most - least <= most / 8)); then value same
elif ((files[two] == least && files[ef] - files[two] > files[ef] / 8 && files[aux] - files[two] > files[aux] / 8)); then
  value two-columns
elif ((files[aux] == most)); then value aux-most
else value ef-most
fi
exit 0
