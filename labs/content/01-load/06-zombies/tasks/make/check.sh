# The parent with the most zombies, the depot's services and process 1 (which reaps within a moment) left aside.
read -r total count parent name start stopped stopped_name pids < <(cat /proc/[0-9]*/stat 2> /dev/null | awk \
  -v want="$UH_ZOMBIES" -v services=" $UH_KEEPER $UH_LATE $UH_FORGETTER " '
  { rest = $0; sub(/^.*\) /, "", rest); split(rest, f, " ")
    name[$1] = substr($0, index($0, "(") + 1, length($0) - length(rest) - index($0, "(") - 2); started[$1] = f[20] }
  f[1] == "Z" { n++; child[n] = $1; of[n] = f[2] }
  f[1] == "T" { halted++; if (!stopped) stopped = $1 }
  END {
    for (i = 1; i <= n; i++) {
      parent = of[i]
      if (parent == 1 || !(parent in name) || index(services, " " name[parent] " ")) continue
      total++
      dead[parent] = dead[parent] child[i] ","
      if (++tally[parent] > tally[most]) most = parent
    }
    # Of an earlier try there may be a parent with more.
    for (p in tally) if (tally[p] == want) most = p
    print total + 0, tally[most] + 0, most + 0, name[most] "-", started[most] + 0, (halted >= want ? stopped : 0) + 0, name[stopped] "-", dead[most]
  }')
if ((total == 0)); then
  ((stopped == 0)) || fail stopped "pid=$stopped" "name=${stopped_name%-}"
  fail none
fi
if ((count != UH_ZOMBIES)); then
  ((total == count)) || fail scattered "total=$total" "count=$count"
  fail other-count "parent=$parent" "name=${name%-}" "count=$count"
fi
output "parent=$parent" "start=$start" "pids=$pids"
pass
