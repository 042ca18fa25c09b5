sudo unshare --pid --fork --uts sh -c 'hostname "$1"; sleep 60; :' sh "$UH_HOST" &
sleep 2
