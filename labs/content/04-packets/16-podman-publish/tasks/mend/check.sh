# Broken once, the container that was serving then still runs, and a page comes from outside.
read -r night 2> /dev/null < /run/night-change || fail not-broken
ask() { timeout 4 "${@:3}" bash -c 'exec 3<> "/dev/tcp/$0/$1" && printf "GET / HTTP/1.0\r\n\r\n" >&3 && cat <&3' "$1" "$2"; }
page=$(ask 203.0.113.10 "$UH_PORT" nsenter --net=/run/netns/outside)
# Whoever answers names its container; while nobody does, one that is old enough has to be left.
[[ $page =~ container\ ([0-9a-f]{12}) ]] && id=${BASH_REMATCH[1]} || id=
served=
for file in /run/containers/storage/overlay-containers/"$id"*/userdata/pidfile; do
  # The number in there has no end of line: `read` would call that a failure.
  pid=$(< "$file") && read -r line < "/proc/$pid/stat" || continue
  # Ticks of 1/100 s since the machine's start (proc_pid_stat(5)).
  read -r -a field <<< "${line##*) }"
  ((field[19] / 100 <= night)) && served=yes
done 2> /dev/null
[[ $served ]] || fail restarted
[[ $page == *client* ]] && pass
# Where the way is broken is for the learner to find; whether the app is well may be said.
if [[ $(iptables-save -t nat) =~ --dport\ $UH_PORT\ -j\ DNAT\ --to-destination\ ([0-9.]+):([0-9]+) ]]; then
  to=${BASH_REMATCH[1]}:${BASH_REMATCH[2]}
  [[ $(ask "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}") == *client* ]] && say app-answers "to=$to" || say app-silent "to=$to"
fi
fail silent
