# The STAT that ps would write for each `sleep`, from proc_pid_stat(5): state (3), session (6), nice (19).
# The `+` says in which terminal's foreground it is; that is not what is asked.
seen=$(cat /proc/[1-9][0-9][0-9]*/stat 2> /dev/null | awk '$2 == "(sleep)" {
  printf "%s%s%s%s", (n++ ? ", " : ""), $3, ($19 < 0 ? "<" : $19 > 0 ? "N" : ""), ($6 == $1 ? "s" : "") }')
[[ ", $seen," == *", S$UH_PRIORITY,"* ]] && low=ok || low=no
[[ ", $seen," == *', T,'* ]] && stopped=ok || stopped=no
[[ ", $seen," == *', Ss,'* ]] && leader=ok || leader=no
goal low "$low"
goal stopped "$stopped"
goal leader "$leader"
[[ $seen ]] || fail none
[[ $low == ok ]] || fail no-priority "seen=$seen"
[[ $stopped == ok ]] || fail not-stopped "seen=$seen"
[[ $leader == ok ]] || fail no-leader "seen=$seen"
pass
