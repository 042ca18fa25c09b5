# Three programs, each in a room of its own that has no name, and from each room a cable to the host. All of it stays in the
# template; `.port` has the number of the host's end, which stays the same whatever it is called.
set -eu
home=/usr/local/lib/rooms
mkdir -p "$home"
start() {
  ln -s /usr/bin/sleep "$home/$1"
  setsid unshare --net bash -c 'ip link add eth0 type veth peer name "$1" netns 1; exec "$2" infinity' room "$2" "$home/$1" \
    < /dev/null &> /dev/null &
  disown
  until [[ -e /sys/class/net/$2 ]]; do sleep 0.2; done
  cat "/sys/class/net/$2/ifindex" > "$home/$1.port"
}
start attic veth8342
start cellar veth8131
start lobby veth8598
