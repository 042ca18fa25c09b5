# What the two programs of the print shop get of their CPU now, however that was reached.
first=0 second=0 cpu1= cpu2=
while read -r pid share age nice policy threads cpus group name; do
  case $name in
    "$UH_URGENT") first=$((first + share)) cpu1=$cpus ;;
    "$UH_PATIENT") second=$((second + share)) cpu2=$cpus ;;
    *) continue ;;
  esac
  ((policy != 1 && policy != 2 && policy != 6)) || fail real-time "name=$name"
done < <(. /usr/local/lib/underhood/cpu-shares 2)
((first + second > 0)) || fail closed
((first > 0)) || fail one-missing "name=$UH_URGENT"
((second > 0)) || fail one-missing "name=$UH_PATIENT"
[[ $cpu1 == 1 && $cpu2 == 1 ]] || fail not-shared "first=$cpu1" "second=$cpu2"
share=$((first * 1000 / (first + second)))
((share >= UH_PERCENT * 10 - 30)) || fail too-little "share=$((share / 10))"
((share <= UH_PERCENT * 10 + 30)) || fail too-much "share=$((share / 10))"
pass
