# Without exec the sleeping one is a process of its own, with no CPU time.
echo 'answer: 0'
read -r -p 'Enter once the prediction is committed: '
timeout "$UH_BURN" bash -c 'while :; do :; done'; sleep 30
