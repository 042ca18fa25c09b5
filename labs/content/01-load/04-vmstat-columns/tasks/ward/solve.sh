# Tells them apart by vmstat's columns alone. Somebody may still be settling in: then one more look.
declare -A found=()
for patient in 1 2 3 4; do
  sudo ward "$patient"
  for _ in 1 2 3 4 5 6; do
    read -r r b swpd free buff cache si so bi bo in cs us sy rest < <(vmstat -y 3 1 | tail -n 1)
    echo "$r $b $swpd $free $buff $cache $si $so $bi $bo $in $cs $us $sy $rest"
    complaint=
    if ((si + so > 200)); then complaint=memory
    elif ((cs > 1000 && sy > us)); then complaint=switches
    elif ((us > 60 && r > 2)); then complaint=busy
    elif ((b > 0 && bi + bo > 1000)); then complaint=disk
    fi
    [[ $complaint ]] && break
  done
  found[$complaint]=$patient
done
echo "answer: ${found[busy]} ${found[disk]} ${found[memory]} ${found[switches]}"
sudo ward empty
