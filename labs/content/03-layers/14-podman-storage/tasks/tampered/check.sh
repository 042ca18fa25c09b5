# The branches' own layers against the image's: a regular file of the image that a branch has another version of.
store=/var/lib/containers/storage
branches=()
image=
# podman's books are one line of JSON each. Cut before each brace, an entry's first piece holds its names and its layer.
for book in overlay-images/images.json overlay-containers/containers.json; do
  mapfile -t -d '{' pieces < "$store/$book"
  for piece in "${pieces[@]}"; do
    [[ $piece =~ ^\"id\":.*\"names\":\[([^]]*)\].*\"layer\":\"([0-9a-f]+)\" ]] || continue
    menu=$store/overlay/${BASH_REMATCH[2]}/diff/menu
    case ${BASH_REMATCH[1]} in
      *'"localhost/shop:1"'*) image=$menu ;;
      '"seoul"' | '"busan"' | '"jeju"') branches+=("$menu") ;;
    esac
  done
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
for branch in seoul busan jeju; do near a-branch "$branch"; done
near own-data "/data/order-$UH_ORDER.txt"
[[ $found ]] || fail gone
exit 0
