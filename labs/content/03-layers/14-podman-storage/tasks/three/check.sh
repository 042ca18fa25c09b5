# What the containers made since the prediction take on the disk: their layers and their records, and nothing that they share.
store=/var/lib/containers/storage
since=$((EPOCHSECONDS - ${UH_COMMITTED_SECONDS_AGO:-0} - 3))
count=0 other=0 folders=()
# podman's books are one line of JSON each. Cut before each brace, an entry's first piece holds its names and layer, the next one its age.
mapfile -t -d '{' book < "$store/overlay-images/images.json"
shop=
for piece in "${book[@]}"; do
  [[ $piece =~ ^\"id\":\"([0-9a-f]+)\".*\"names\":\[[^]]*\"localhost/shop:1\" ]] && shop=${BASH_REMATCH[1]}
done
mapfile -t -d '{' book < "$store/overlay-containers/containers.json"
for at in "${!book[@]}"; do
  [[ ${book[at]} =~ ^\"id\":\"([0-9a-f]+)\",\"names\":\[\"([^\"]+)\".*\"image\":\"([0-9a-f]*)\",\"layer\":\"([0-9a-f]+)\" ]] || continue
  id=${BASH_REMATCH[1]} name=${BASH_REMATCH[2]} image=${BASH_REMATCH[3]} layer=${BASH_REMATCH[4]}
  [[ ${book[at + 1]-} =~ created-at[^0-9]*([0-9]+) ]] && ((BASH_REMATCH[1] >= since)) || continue
  [[ $image == "$shop" && $name == "more-"* ]] || { other=$((other + 1)); continue; }
  count=$((count + 1))
  folders+=("$store/overlay/$layer" "$store/overlay-containers/$id")
done
((count == 0 && other > 0)) && fail other-image
((count == 0)) && fail none-made
((count == UH_MANY)) || fail other-count "count=$count"
while read -r size what; do [[ $what == total ]] && kib=$size; done < <(du -skxc "${folders[@]}")
say measured "kib=$kib"
printf -v mib '%d.%02d' "$((kib / 1024))" "$((kib % 1024 * 100 / 1024))"
value "$mib"
exit 0
