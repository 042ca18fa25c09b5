for patient in 1 2 3 4; do sudo ward "$patient"; done
sudo ward empty
read -r -a beds <<< "$UH_BEDS"
declare -A bed=()
for i in 0 1 2 3; do bed[${beds[i]}]=$((i + 1)); done
echo "answer: ${bed[busy]} ${bed[memory]} ${bed[disk]} ${bed[switches]}"
