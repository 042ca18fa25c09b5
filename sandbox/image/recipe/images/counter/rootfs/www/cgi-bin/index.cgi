#!/bin/sh
# Counts its visitors in two places: a file on the container's disk and one in its memory (/dev/shm).
count() {
  n=$(cat "$1" 2>/dev/null || echo 0)
  n=$((n + 1))
  echo "$n" >"$1"
  echo "$n"
}
echo 'Content-Type: text/plain; charset=utf-8'
echo
echo "container $(hostname)"
echo "disk      $(count /data/count)"
echo "memory    $(count /dev/shm/count)"
