# Three programs, each in a room of its own that has no name, and from each room a cable to the host. Both stay in the template.
set -eu
home=/usr/local/lib/rooms
mkdir -p "$home"
for program in attic cellar lobby; do
  ln -s /usr/bin/sleep "$home/$program"
  setsid unshare --net bash -c 'ip link add eth0 type veth peer name "$1" netns 1; exec "$2" infinity' \
    room "to-$program" "$home/$program" < /dev/null &> /dev/null &
  echo $! > "$home/$program.pid"
done
disown -a
for program in attic cellar lobby; do
  until [[ -e /sys/class/net/to-$program ]]; do sleep 0.2; done
done
