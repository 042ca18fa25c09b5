# A process in the container's network whose filesystem is the machine's. Nothing is started to compare: `-ef` is built in.
id=$(< /usr/local/lib/neighbours/shop.cid)
shop=$(cat "/run/containers/storage/overlay-containers/$id/userdata/pidfile" 2> /dev/null) || fail not-running
[[ -e /proc/$shop/ns/mnt && ! /proc/$shop/ns/mnt -ef /proc/1/ns/mnt ]] || fail not-running
copy= other=
for path in /proc/[0-9]*; do
  [[ -e $path/ns/net ]] || continue
  pid=${path#/proc/}
  if [[ $path/ns/net -ef /proc/$shop/ns/net ]]; then
    read -r name < "$path/comm" || continue
    # Tools that pass through on their way to starting or entering the container are nobody's achievement.
    case $name in netavark | crun* | runc* | conmon | podman | nsenter | sudo | [0-9]) continue ;; esac
    [[ $path/ns/mnt -ef /proc/1/ns/mnt ]] && pass
    # `ip netns exec` makes a mount namespace of its own.
    if [[ $path/ns/mnt -ef /proc/$shop/ns/mnt ]]; then ((pid == shop)) || inside=$pid; else other=$pid; fi
  elif [[ ! $path/ns/net -ef /proc/1/ns/net && $path/ns/mnt -ef /proc/1/ns/mnt ]]; then
    read -r name < "$path/comm"
    [[ $name == "$UH_ODD" || $name == "$UH_APART" ]] || copy=$pid
  fi
done
[[ ${inside-} ]] && { read -r name < "/proc/$inside/comm"; fail all-the-way "pid=$inside" "name=$name"; }
[[ $other ]] && { read -r name < "/proc/$other/comm"; fail own-mnt "pid=$other" "name=$name"; }
[[ $copy ]] && { read -r name < "/proc/$copy/comm"; fail a-copy "pid=$copy" "name=$name"; }
fail outside
