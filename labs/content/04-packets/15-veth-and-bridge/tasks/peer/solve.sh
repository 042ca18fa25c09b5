link=$(sudo nsenter --target "$(pgrep -x "$UH_CELL")" --net ip -o link show eth0)
[[ $link =~ eth0@if([0-9]+) ]]
echo "answer: $(ip -o link | sed -n "s/^${BASH_REMATCH[1]}: \([^@:]*\).*/\1/p")"
