sudo night-shift start > /dev/null
echo "answer: $(ps -eo stat=,comm= | awk '$1 ~ /^D/ && $2 !~ /^(kworker|jbd2)/ { print $2; exit }')"
