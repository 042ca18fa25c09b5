# Whose zombies they are is read from the process table now.
read -r keeper late forgetter most name < <(cat /proc/[0-9]*/stat 2> /dev/null | awk \
  -v keeper="$UH_KEEPER" -v late="$UH_LATE" -v forgetter="$UH_FORGETTER" '
  { rest = $0; sub(/^.*\) /, "", rest); split(rest, f, " "); comm = substr($2, 2, length($2) - 2) }
  f[2] == 1 && (comm == keeper || comm == late || comm == forgetter) { pid[comm] = $1; name[$1] = comm }
  f[1] == "Z" { tally[f[2]]++ }
  END {
    for (p in name) if (tally[p] > most) { most = tally[p]; which = name[p] }
    print pid[keeper] + 0, pid[late] + 0, pid[forgetter] + 0, most + 0, (which ? which : "-")
  }')
((keeper && late && forgetter)) || fail depot-closed
((most >= 2)) || fail too-early
near that-is-the-dead "$UH_WORKER"
near keeps-living-ones "$UH_KEEPER"
near keeps-living-ones "$keeper"
near reaps-in-time "$UH_LATE"
near reaps-in-time "$late"
near keeps-living-ones "$UH_KEEPER.service"
near reaps-in-time "$UH_LATE.service"
value "$name"
value "$name.service"
value "$forgetter"
exit 0
