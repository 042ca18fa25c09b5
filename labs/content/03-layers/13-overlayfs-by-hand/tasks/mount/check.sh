# The topmost mount on the directory, from mountinfo. Layers may be named relative to wherever the learner stood.
shop=/srv/$UH_SHOP
kind='' options='' mode=''
while read -r _ _ _ _ point of_mount rest; do
  [[ $point == "$shop/merged" ]] || continue
  read -r kind _ options <<< "${rest#*- }"
  mode=$of_mount
done < /proc/1/mountinfo
[[ $kind ]] || fail not-mounted
[[ $kind == overlay ]] || fail other-kind "kind=$kind"
lower='' upper=''
IFS=, read -ra list <<< "$options"
for option in "${list[@]}"; do
  case $option in
    lowerdir=* | lowerdir+=*) lower=${option#*=} ;;
    upperdir=*) upper=${option#*=} ;;
  esac
done
lower=${lower%/} upper=${upper%/}
[[ $upper ]] || fail no-upper
[[ ${lower##*/} == upper && ${upper##*/} == lower ]] && fail swapped "lower=$lower" "upper=$upper"
[[ $upper == /* && ! $upper -ef $shop/upper || $lower == /* && ! $lower -ef $shop/lower ]] && fail other-layers "lower=$lower" "upper=$upper"
[[ ${lower##*/} == lower && ${upper##*/} == upper && -s $shop/merged/photos.img ]] || fail other-layers "lower=$lower" "upper=$upper"
[[ ,$mode,$options, == *,ro,* ]] && fail read-only
pass
