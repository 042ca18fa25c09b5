sudo podman start shop > /dev/null
# A mount namespace of its own comes along.
sudo ip netns exec "$(ip netns list | grep -o "^netns-[^ ]*" | head -n 1)" sleep 603 &
until pgrep -x -f "sleep 603" > /dev/null; do sleep 1; done
