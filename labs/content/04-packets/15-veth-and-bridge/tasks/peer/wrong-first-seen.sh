# The cable of another program.
[[ $UH_CELL == attic ]] && other=veth8131 || other=veth8342
echo "answer: $other"
