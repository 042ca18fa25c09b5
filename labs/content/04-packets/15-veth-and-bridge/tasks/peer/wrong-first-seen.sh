# The cable of another program.
steps=(0 467 211) turn=$UH_ORDER
[[ $UH_CELL == attic ]] && turn=$((turn + 1))
echo "answer: veth$((UH_TAG + steps[turn % 3]))"
