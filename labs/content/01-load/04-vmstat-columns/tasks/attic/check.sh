# How much is swapped out, how much moves in four seconds, and whether the machine is short of memory.
swap() {
  local line lines
  mapfile -t lines < /proc/meminfo
  for line in "${lines[@]}"; do
    case $line in
      SwapTotal:*) total=${line//[!0-9]/} ;;
      SwapFree:*) free=${line//[!0-9]/} ;;
      MemAvailable:*) available=$((${line//[!0-9]/} / 1024)) ;;
    esac
  done
  used=$(((total - free) / 1024))
}
pages() {
  local line lines
  # All at once: line by line, the kernel would make the file up again for each of them.
  mapfile -t lines < /proc/vmstat
  for line in "${lines[@]}"; do
    case $line in 'pswpin '*) in=${line#* } ;; 'pswpout '*) out=${line#* } ;; esac
  done
}
swap
((total > 0)) || fail no-swap
((used >= UH_ATTIC)) || fail too-little "used=$used"
goal full ok
pages
in0=$in out0=$out
# A pipe that nobody writes to: reading it with a time limit waits without starting a `sleep`.
exec 8<> <(:)
read -r -t 4 -u 8
pages
# 4 KiB a page, over four seconds. A few pages that a shell fetches back are nobody's trouble.
in=$((in - in0)) out=$((out - out0))
((in + out <= 100)) || fail still-moving "used=$used" "si=$in" "so=$out"
goal quiet ok
((available >= 300)) || fail short "available=$available"
pass
