# The container's monitor is not the container: all of its namespaces are the machine's.
sudo podman start shop > /dev/null
sudo nsenter --target "$(pgrep -o -x conmon)" --net sleep 602 &
until pgrep -x -f '(/bin/)?sleep 602' > /dev/null; do sleep 1; done
