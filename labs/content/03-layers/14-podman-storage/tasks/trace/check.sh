# The branch's own layer, from podman's books; podman itself would take the better part of a second.
store=/var/lib/containers/storage
file=data/order-$UH_ORDER.txt
found=
# The book is one line of JSON. Cut before each brace, a container's first piece holds what is wanted here.
mapfile -t -d '{' book < "$store/overlay-containers/containers.json"
for piece in "${book[@]}"; do
  [[ $piece =~ ^\"id\":\"([0-9a-f]+)\",\"names\":\[\"([^\"]+)\".*\"layer\":\"([0-9a-f]+)\" ]] || continue
  id=${BASH_REMATCH[1]} name=${BASH_REMATCH[2]} layer=${BASH_REMATCH[3]}
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
done
[[ $found ]] || fail gone
near inside "/$file"
exit 0
