# Looks for process 1 of a pid namespace that is neither the machine's nor the container's.
read -r machine < /proc/sys/kernel/hostname
[[ $machine == "$UH_HOST" ]] && { for id in first named proc; do goal "$id" no; done; fail renamed; }
id=$(< /usr/local/lib/neighbours/shop.cid)
shop=
{ read -r shop < "/run/containers/storage/overlay-containers/$id/userdata/pidfile"; } 2> /dev/null
best=-1 outside= podman=
for path in /proc/[0-9]*; do
  # Kernel threads are most of what is there, and have no program.
  [[ -e $path/exe ]] || continue
  if [[ $path/ns/pid -ef /proc/1/ns/pid ]]; then
    # Only where somebody may still be born: the link leads nowhere until there is a process 1.
    [[ ! $path/ns/pid_for_children -ef $path/ns/pid && -e $path/ns/pid ]] && outside=${path#/proc/}
    continue
  fi
  [[ $shop && $path/ns/pid -ef /proc/$shop/ns/pid ]] && continue
  inner=$(< "$path/status")
  inner=${inner#*NSpid:} inner=${inner%%$'\n'*} inner=${inner##*$'\t'}
  [[ $inner == 1 ]] || continue
  # The runtime gives every container of podman's a cgroup of that name.
  [[ $(< "$path/cgroup") == *libpod* ]] && podman=${path#/proc/} && continue
  first=ok named=no proc=no score=0 found=$machine
  if [[ ! $path/ns/uts -ef /proc/1/ns/uts ]]; then
    found=$(nsenter -t "${path#/proc/}" -u cat /proc/sys/kernel/hostname)
    [[ $found == "$UH_HOST" ]] && named=ok score=$((score + 1))
  fi
  [[ $path/root/proc/1/ns/pid -ef $path/ns/pid ]] && proc=ok score=$((score + 1))
  ((score > best)) && { best=$score pid=${path#/proc/} best_found=$found best_named=$named best_proc=$proc; }
done
if ((best < 0)); then
  for id in first named proc; do goal "$id" no; done
  [[ $outside ]] && { read -r name < "/proc/$outside/comm"; fail no-first "pid=$outside" "name=$name"; }
  [[ $podman ]] && fail by-podman "pid=$podman"
  fail nothing
fi
goal first ok
goal named "$best_named"
goal proc "$best_proc"
[[ $best_named == ok ]] || fail other-name "pid=$pid" "found=$best_found"
[[ $best_proc == ok ]] || fail host-proc "pid=$pid"
pass
