# The STAT that ps would write for each `sleep`, from proc_pid_stat(5): state (3), session (6), nice (19).
# The `+` says in which terminal's foreground it is; that is not what is asked.
seen=
for entry in /proc/[0-9]*/stat; do
  read -r line < "$entry" || continue
  [[ $line == *' (sleep) '* ]] || continue
  field=(${line##*) })
  stat=${field[0]}
  ((field[16] < 0)) && stat+='<'
  ((field[16] > 0)) && stat+=N
  ((field[3] == ${line%% *})) && stat+=s
  seen+="${seen:+, }$stat"
done 2> /dev/null
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
