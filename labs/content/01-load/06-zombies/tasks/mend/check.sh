# All three services, how many seconds ago they began, and how many zombies the guilty one has. They are opened together:
# one that is clearly younger than the others was restarted.
read -r up _ < /proc/uptime
read -r keeper late forgetter count < <(cat /proc/[0-9]*/stat 2> /dev/null | awk \
  -v keeper="$UH_KEEPER" -v late="$UH_LATE" -v forgetter="$UH_FORGETTER" -v up="$up" '
  { rest = $0; sub(/^.*\) /, "", rest); split(rest, f, " "); comm = substr($2, 2, length($2) - 2) }
  f[2] == 1 && (comm == keeper || comm == late || comm == forgetter) { age[comm] = int(up - f[20] / 100) + 1; pid[comm] = $1 }
  f[1] == "Z" { tally[f[2]]++ }
  END { print age[keeper] + 0, age[late] + 0, age[forgetter] + 0, (forgetter in pid ? tally[pid[forgetter]] : 0) + 0 }')
((keeper || late || forgetter)) || fail depot-closed
((forgetter)) || fail service-gone "name=$UH_FORGETTER"
((keeper && late)) || fail depot-closed
((count <= 2)) || fail still-there "name=$UH_FORGETTER" "count=$count"
((keeper >= forgetter + 8)) || fail bystander "name=$UH_KEEPER"
((late >= forgetter + 8)) || fail bystander "name=$UH_LATE"
pass
