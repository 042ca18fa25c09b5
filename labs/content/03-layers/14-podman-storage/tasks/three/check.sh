# What the containers made since the prediction take on the disk: their layers and their records, and nothing that they share.
store=/var/lib/containers/storage
since=$((EPOCHSECONDS - ${UH_COMMITTED_SECONDS_AGO:-0} - 3))
count=0 other=0 folders=()
while read -r name layer id; do
  [[ $name == "more-"* ]] || { other=$((other + 1)); continue; }
  count=$((count + 1))
  folders+=("$store/overlay/$layer" "$store/overlay-containers/$id")
done < <(jq -r --argjson since "$since" --slurpfile images "$store/overlay-images/images.json" '
  ($images[0][] | select(.names // [] | index("localhost/shop:1")) | .id) as $shop
  | .[] | select((.created | sub("\\.[0-9]+"; "") | fromdateiso8601) >= $since)
  | "\(if .image == $shop then .names[0] else "-" end) \(.layer) \(.id)"' "$store/overlay-containers/containers.json")
((count == 0 && other > 0)) && fail other-image
((count == 0)) && fail none-made
((count == UH_MANY)) || fail other-count "count=$count"
while read -r size what; do [[ $what == total ]] && kib=$size; done < <(du -skxc "${folders[@]}")
say measured "kib=$kib"
printf -v mib '%d.%02d' "$((kib / 1024))" "$((kib % 1024 * 100 / 1024))"
value "$mib"
exit 0
