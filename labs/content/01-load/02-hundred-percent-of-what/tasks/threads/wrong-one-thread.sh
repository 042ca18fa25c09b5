echo 'answer: 100'
read -r -p 'Enter once the prediction is committed: '
timeout 90 xz -T 1 -0 < /dev/zero > /dev/null
