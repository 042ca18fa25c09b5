# The branches' own layers against the image's: a regular file of the image that a branch has another version of.
store=/var/lib/containers/storage
branches=()
# podman's books are one line of JSON each. Cut before each brace, an entry's first piece holds its names and its layer.
layer_of() { # layer_of BOOK NAME: sets `layer`
  local piece
  layer=
  mapfile -t -d '{' book < "$store/$1"
  for piece in "${book[@]}"; do
    [[ $piece =~ ^\"id\":.*\"names\":\[[^]]*\"$2\".*\"layer\":\"([0-9a-f]+)\" ]] && layer=${BASH_REMATCH[1]}
  done
}
layer_of overlay-images/images.json localhost/shop:1
image=$store/overlay/$layer/diff/menu
for name in seoul busan jeju; do
  layer_of overlay-containers/containers.json "$name"
  [[ $layer ]] && branches+=("$store/overlay/$layer/diff/menu")
done
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
