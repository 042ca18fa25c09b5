# What listens (state 0A) in the container's network: /proc/<pid>/net is that process's own.
id=$(< /usr/local/lib/neighbours/shop.cid)
shop=$(cat "/run/containers/storage/overlay-containers/$id/userdata/pidfile" 2> /dev/null) || fail not-running
[[ -e /proc/$shop/ns/mnt && ! /proc/$shop/ns/mnt -ef /proc/1/ns/mnt ]] || fail not-running
while read -r _ address _ state _; do
  [[ $state == 0A ]] && value "$((16#${address##*:}))"
done < "/proc/$shop/net/tcp"
near the-usual 80
exit 0
