for _ in $(seq "$UH_WRITERS"); do timeout 40 sh -c 'while :; do :; done' & done
sleep 20
