# Looks in the recorder's log for the latest stretch in which enough tasks ran side by side, begun after the prediction.
# The recorder itself runs while it reads the number, hence the one more.
log=/run/load-recorder/log
[[ -s $log ]] || fail no-recorder
read -r now _ < /proc/uptime
mapfile -t seen < <(tail -n 400 "$log" | awk -v n="$UH_LOOPS" -v span=60 -v now="$now" -v since="${UH_COMMITTED_SECONDS_AGO:-100000}" '
  # Eight seconds of grace: the recorder sees a start up to four seconds late, and two clocks are compared.
  function counts() { return start >= now - since - 8 }
  $4 <= n { inside = 0 }
  $4 > n && !inside {
    inside = 1; start = NR > 1 ? (before + $1) / 2 : $1; base = quiet; value = ""; best = 0; samples = 0; delete tally
  }
  inside && counts() && !done {
    if (++tally[$4] > best) { best = tally[$4]; usual = $4 - 1 }
    if ($1 - start >= span && value == "") value = $3
    done = value != "" && usual == n
    # One sample alone may be a moment in which several programs happened to run.
    if (++samples > 1) {
      found = 1; is_length = $1 - start; is_usual = usual; is_base = base; is_value = value; is_open = NR
    }
  }
  { before = $1; quiet = $3 }
  END {
    print (NR > 0 && now - before < 20 ? "fresh" : "stale")
    print (!found ? "none" : is_value != "" ? "ripe" : is_open == NR ? "ripening" : "stopped")
    # What is left of an earlier load after a minute is e^(-1) of it: averages of this kind add up, so it can be taken off exactly.
    rest = is_base * exp(-1)
    printf "%d\n%d\n%.2f\n%.2f\n%.2f\n", is_length, is_usual, is_base, rest, (is_value > rest ? is_value - rest : 0)
  }')
[[ ${seen[0]-} == fresh ]] || fail no-recorder
[[ ${seen[1]-none} == none ]] && fail not-started
seconds=${seen[2]} count=${seen[3]} base=${seen[4]} rest=${seen[5]} load=${seen[6]}
((count == UH_LOOPS)) || fail other-count "count=$count"
case ${seen[1]} in
  ripening) fail ripening "count=$count" "seconds=$seconds" ;;
  stopped) fail stopped-early "seconds=$seconds" ;;
esac
[[ $rest == 0.0* ]] || say start-taken-off "base=$base" "rest=$rest"
output "load=$load"
value "$load"
exit 0
