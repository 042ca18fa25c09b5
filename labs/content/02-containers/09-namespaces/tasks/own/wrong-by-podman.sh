# It has all that is asked for, and podman has built it.
sudo podman run --detach --rm --hostname "$UH_HOST" --net none localhost/base sleep 60
