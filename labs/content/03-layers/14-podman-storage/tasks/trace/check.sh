# The branch's own layer, from podman's books; podman itself would take the better part of a second.
store=/var/lib/containers/storage
file=data/order-$UH_ORDER.txt
found=
while read -r name layer id; do
  folder=$store/overlay/$layer
  if [[ $name != "$UH_BRANCH" ]]; then
    near other-branch "$folder/diff/$file"
    near other-branch "$folder/merged/$file"
    continue
  fi
  [[ -f $folder/diff/$file ]] || continue
  found=yes
  value "$folder/diff/$file"
  value "$folder/merged/$file"
  [[ -f $folder/link ]] && value "$store/overlay/l/$(< "$folder/link")/$file"
  pidfile=/run/containers/storage/overlay-containers/$id/userdata/pidfile
  [[ -f $pidfile ]] && value "/proc/$(< "$pidfile")/root/$file"
  for part in "$folder" "$folder/diff" "$folder/diff/data" "$folder/merged"; do near only-the-folder "$part"; done
done < <(jq -r '.[] | "\(.names[0]) \(.layer) \(.id)"' "$store/overlay-containers/containers.json")
[[ $found ]] || fail gone
near inside "/$file"
exit 0
