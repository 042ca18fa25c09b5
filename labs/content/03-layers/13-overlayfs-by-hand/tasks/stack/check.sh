# Which layers, in which order: from mountinfo. What the top says: from the file.
view=/srv/layers/view
kind='' options=''
while read -r _ _ _ _ point rest; do
  [[ $point == "$view" ]] || continue
  read -r kind _ options <<< "${rest#* - }"
done < /proc/1/mountinfo
[[ $kind == overlay ]] || fail no-view
layers=()
IFS=, read -ra list <<< "$options"
for option in "${list[@]}"; do
  case $option in
    upperdir=*) fail writable ;;
    lowerdir=* | lowerdir+=*) IFS=: read -ra more <<< "${option#*=}" && layers+=("${more[@]}") ;;
  esac
done
names=()
for layer in "${layers[@]}"; do
  for name in "$UH_BASE" "$UH_LIBRARY" "$UH_APP"; do [[ /$layer/ == */"$name"/diff/* ]] && names+=("$name"); done
done
((${#names[@]} == 3)) || fail too-few "count=${#names[@]}"
seen=$(< "$view/etc/release")
[[ $seen == "app $UH_RELEASE" ]] || fail order "seen=$seen"
[[ ${names[*]} == "$UH_APP $UH_LIBRARY $UH_BASE" ]] || fail middle
pass
