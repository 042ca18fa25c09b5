# The branches' own layers against the image's: a regular file of the image that a branch has another version of.
store=/var/lib/containers/storage
image=
branches=()
while read -r kind name layer; do
  if [[ $kind == image ]]; then image=$store/overlay/$layer/diff/menu
  elif [[ $name == seoul || $name == busan || $name == jeju ]]; then branches+=("$store/overlay/$layer/diff/menu"); fi
done < <(jq -r '.[] | select(.names) | "\(if .created and .image then "container" else "image" end) \(.names[0]) \(.layer)"
  | select(startswith("container") or startswith("image localhost/shop:1 "))' \
  "$store/overlay-images/images.json" "$store/overlay-containers/containers.json")
found=
for menu in "${branches[@]}"; do
  for path in "$menu"/*; do
    drink=${path##*/}
    if [[ -c $path ]]; then near removed "/menu/$drink"
    elif [[ ! -f $path ]]; then continue
    elif [[ ! -f $image/$drink ]]; then near added "/menu/$drink"
    elif [[ $(< "$path") != "$(< "$image/$drink")" ]]; then
      found=yes
      value "/menu/$drink"
      value "menu/$drink"
      value "$drink"
      value "$path"
    fi
  done
done
near own-data /data/ledger
near own-data "/data/order-$UH_ORDER.txt"
[[ $found ]] || fail gone
exit 0
