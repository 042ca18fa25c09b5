# The first minute of a load average: n · (1 − e^(−60/60)).
awk -v n="$UH_LOOPS" 'BEGIN { printf "answer: %.2f\n", n * (1 - exp(-1)) }'
read -r -p 'Enter once the prediction is committed: '
for _ in $(seq "$UH_LOOPS"); do timeout 75 sh -c 'while :; do :; done' & done
wait
