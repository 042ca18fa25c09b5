# The branch as podman's books and the kernel know it: which container, of which image, and what is mounted at its /data.
store=/var/lib/containers/storage
goals() { goal fresh "$1"; goal volume "$2"; goal data "$3"; }
id='' image=''
while read -r kind name value; do
  if [[ $kind == container ]]; then id=$value image=$name
  else shop=$name; fi
done < <(jq -r --arg branch "$UH_BRANCH" '.[] | select(.names) | if .created and .layer and (.image // "" != "") then
    select(.names | index($branch)) | "container \(.image) \(.id)"
  else select(.names | index("localhost/shop:2")) | "image \(.id) -" end' \
  "$store/overlay-images/images.json" "$store"/overlay-containers/{,volatile-}containers.json 2> /dev/null)
[[ $id ]] || { goals no no no; fail no-container; }
[[ $id == "$(< "/usr/local/lib/shop/$UH_BRANCH")" ]] && { goals no no no; fail still-old; }
[[ $image == "$shop" ]] || { goals no no no; fail old-image; }
pid=$(cat "/run/containers/storage/overlay-containers/$id/userdata/pidfile" 2> /dev/null)
[[ $pid && -e /proc/$pid/root/etc/shop ]] || { goals no no no; fail not-running; }

source=
while read -r _ _ _ from at _; do [[ $at == /data ]] && source=$from; done < "/proc/$pid/mountinfo"
file=/proc/$pid/root/data/order-$UH_ORDER.txt
data=no
[[ -f $file && $(< "$file") == *"pickup code $UH_CODE" ]] && data=ok
if [[ $source != "$store/volumes/$UH_VOLUME/_data" ]]; then
  goals ok no no
  [[ $source ]] && fail other-source "source=$source"
  [[ $data == ok ]] && fail in-layer
  fail no-volume
fi
goals ok ok "$data"
[[ $data == ok ]] || fail lost
pass
