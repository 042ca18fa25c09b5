# How often a running top reads within four seconds, and which process its arguments name.
watched=
tops=()
for entry in /proc/[1-9][0-9][0-9]*; do
  { read -r comm < "$entry/comm"; } 2> /dev/null || continue
  case $comm in "$UH_HEAVY") watched=${entry#/proc/} ;; top) tops+=("${entry#/proc/}") ;; esac
done
[[ $watched ]] || fail watchmen-gone
((${#tops[@]} > 0)) || fail no-top
reads_of() {
  local key count
  while read -r key count; do [[ $key == syscr: ]] && reads=$count && return; done 2> /dev/null < "/proc/$1/io"
  return 1
}
# The process numbers that a top was given, each once: `-p 7`, `-bp7`, `-p 7,8`, `--pid=7`.
numbers_of() {
  local argument next= number
  local -A given=()
  while IFS= read -r -d '' argument; do
    if [[ ! $next ]]; then
      case $argument in
        -*p | --pid) next=1 && continue ;;
        -*p*) argument=${argument#*p} ;;
        *) continue ;;
      esac
    fi
    next=
    for number in ${argument//[^0-9]/ }; do given[$number]=1; done
  done 2> /dev/null < "/proc/$1/cmdline"
  numbers=("${!given[@]}")
}
# What a top reads while it starts says nothing about how often it looks: none is judged before it is five seconds old.
read -r up _ < /proc/uptime
hundredths "$up" now
wait=0
for pid in "${tops[@]}"; do
  { read -r line < "/proc/$pid/stat"; } 2> /dev/null || continue
  field=(${line##*) })
  young=$((500 - (now - field[19])))
  ((young > wait)) && wait=$young
done
# A pipe that nobody writes to: reading it with a time limit waits without starting a `sleep`.
exec 8<> <(:)
((wait > 0)) && read -r -t "$((wait / 100)).$((wait / 10 % 10))" -u 8
declare -A before=()
for pid in "${tops[@]}"; do reads_of "$pid" && before[$pid]=$reads; done
read -r -t 4 -u 8
# Of several, the one that costs most decides; a right one passes only where every other sleeps.
verdict=no-top
for pid in "${!before[@]}"; do
  reads_of "$pid" || continue
  reads=$((reads - before[$pid]))
  # A look at one process takes some ten reads, a look at all of them more than a hundred.
  if ((reads == 0)); then [[ $verdict == no-top ]] && verdict=asleep; continue; fi
  if ((reads > 110)); then verdict=reads-all many=$reads; break; fi
  numbers_of "$pid"
  if [[ " ${numbers[*]} " != *" $watched "* ]]; then verdict=other-process
  elif ((${#numbers[@]} > 1)); then verdict=several count=${#numbers[@]}
  elif [[ $verdict == no-top || $verdict == asleep ]]; then verdict=right; fi
done
case $verdict in
  right) pass ;;
  reads-all) fail reads-all "reads=$many" ;;
  other-process) fail other-process "pid=$watched" ;;
  several) fail several "count=$count" ;;
  asleep) fail asleep ;;
  *) fail no-top ;;
esac
