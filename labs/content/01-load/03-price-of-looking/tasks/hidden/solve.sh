sudo watchmen start > /dev/null
sleep 5
echo "answer: $(for pid in $(pgrep -x "$UH_GUILTY") $(pgrep -x "$UH_BUSY") $(pgrep -x "$UH_HEAVY"); do
  awk '{ gsub(/[()]/, "", $2); print $16 + $17, $2 }' "/proc/$pid/stat"
done | sort -n | tail -n 1 | cut -d' ' -f2)"
