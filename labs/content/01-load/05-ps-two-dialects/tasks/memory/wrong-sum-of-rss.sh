sudo office open > /dev/null
echo "answer: $(ps -eo rss=,comm= | awk '{ sum[$2] += $1 } END { for (n in sum) print sum[n], n }' | sort -n | tail -n 1 | cut -d' ' -f2)"
