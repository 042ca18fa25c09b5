# CPU time divided by age, whatever happens now.
awk -v burn="$UH_BURN" -v age="$UH_AGE" 'BEGIN { printf "answer: %.1f\n", (burn - 0.5) * 100 / age }'
read -r -p 'Enter once the prediction is committed: '
bash -c "while ((SECONDS < $UH_BURN)); do :; done; exec sleep $((UH_AGE - UH_BURN + 25))"
