echo 'answer: 25'
read -r -p 'Enter once the prediction is committed: '
for n in 0 "$UH_NICE"; do timeout 90 taskset -c 1 nice -n "$n" sh -c 'while :; do :; done' & done
wait
