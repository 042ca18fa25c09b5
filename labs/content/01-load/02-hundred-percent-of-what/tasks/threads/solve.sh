# Two CPUs: more than 200 % there is not.
echo 'answer: 200'
read -r -p 'Enter once the prediction is committed: '
timeout 60 xz -T "$UH_THREADS" -0 < /dev/zero > /dev/null
