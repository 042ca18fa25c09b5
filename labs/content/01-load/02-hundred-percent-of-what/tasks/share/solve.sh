# Each step of nice is a factor of 1.25.
awk -v n="$UH_NICE" 'BEGIN { w = 1.25 ^ -n; printf "answer: %.1f\n", 100 * w / (1 + w) }'
read -r -p 'Enter once the prediction is committed: '
for n in 0 "$UH_NICE"; do timeout 45 taskset -c 1 nice -n "$n" sh -c 'while :; do :; done' & done
wait
