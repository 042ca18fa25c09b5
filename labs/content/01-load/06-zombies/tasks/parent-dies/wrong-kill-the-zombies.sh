echo 'answer: gone'
read -r -p 'Enter once the prediction is committed: '
kill -9 $(ps -eo pid=,stat= | awk '$2 ~ /^Z/ { print $1 }')
