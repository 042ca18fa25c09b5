# Looks in the recorder's log for the latest stretch in which enough tasks ran side by side, begun after the prediction.
# The recorder itself runs while it reads the number, hence the one more.
log=/run/load-recorder/log
[[ -s $log ]] || fail no-recorder
read -r now _ < /proc/uptime
mapfile -t seen < <(tail -n 400 "$log" | awk -v n=2 -v span=30 -v now="$now" -v since="${UH_COMMITTED_SECONDS_AGO:-100000}" '
  # Eight seconds of grace: the recorder sees a start up to four seconds late, and two clocks are compared.
  function counts() { return start >= now - since - 8 }
  $4 <= n { inside = 0 }
  $4 > n && !inside {
    inside = 1; start = NR > 1 ? (before + $1) / 2 : $1; base = quiet; value = ""; best = 0; samples = 0; delete tally
  }
  inside && counts() && !done {
    if (++tally[$4] > best) { best = tally[$4]; usual = $4 - 1 }
    if ($1 - start >= span && value == "") value = $6
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
    printf "%d\n%d\n%s\n%s\n", is_length, is_usual, is_base, is_value
  }')
[[ ${seen[0]-} == fresh ]] || fail no-recorder
[[ ${seen[1]-none} == none ]] && fail not-started
seconds=${seen[2]} count=${seen[3]}
((count == 2)) || fail other-count "count=$count"
case ${seen[1]} in
  ripening) fail ripening "count=$count" "seconds=$seconds" ;;
  stopped) fail stopped-early "seconds=$seconds" ;;
esac
value "${seen[5]}"
exit 0
