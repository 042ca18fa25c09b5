# The DNAT rule says which port leads where; whether it works is asked from outside.
rule= other= swapped=
while read -r line; do
  [[ $line =~ ^-A\ NETAVARK-DN-.*\ --dport\ ([0-9]+)\ -j\ DNAT\ --to-destination\ ([0-9.]+):([0-9]+)$ ]] || continue
  if [[ ${BASH_REMATCH[1]} == "$UH_PORT" ]]; then
    rule=$line to=${BASH_REMATCH[2]}:${BASH_REMATCH[3]} inner=${BASH_REMATCH[3]} host=${BASH_REMATCH[2]}
  else
    other=${BASH_REMATCH[1]}
    [[ ${BASH_REMATCH[3]} == "$UH_PORT" ]] && swapped=yes
  fi
done < <(iptables-save -t nat)
if [[ ! $rule ]]; then
  [[ $swapped ]] && fail swapped "inner=$UH_PORT"
  [[ $other ]] && fail other-port "seen=$other"
  fail not-published
fi
[[ $inner == 80 ]] || fail inner-port "inner=$inner"
[[ $rule =~ \ -d\ ([0-9.]+)(/32)?\  ]] && fail loopback-only "address=${BASH_REMATCH[1]}"
ask() { timeout 4 "${@:3}" bash -c 'exec 3<> "/dev/tcp/$0/$1" && printf "GET / HTTP/1.0\r\n\r\n" >&3 && cat <&3' "$1" "$2"; }
page=$(ask 203.0.113.10 "$UH_PORT" nsenter --net=/run/netns/outside)
if [[ $page != *client* ]]; then
  [[ $(ask "$host" 80) == *client* ]] && say app-answers "to=$to" || say app-silent "to=$to"
  fail silent
fi
# The app tells the start of its container's id; the storage's lists, one for containers with --rm, know its name.
storage=$(cat /var/lib/containers/storage/overlay-containers/{,volatile-}containers.json 2> /dev/null)
[[ $page =~ container\ ([0-9a-f]{12}) && $storage =~ \"id\":\"${BASH_REMATCH[1]}[0-9a-f]*\",\"names\":\[\"([^\"]+)\" ]] &&
  [[ ${BASH_REMATCH[1]} != "$UH_NAME" ]] && fail other-name "name=${BASH_REMATCH[1]}"
pass
