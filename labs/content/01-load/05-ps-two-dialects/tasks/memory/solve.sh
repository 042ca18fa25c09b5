sudo office open > /dev/null
echo "answer: $(sudo ps -eo pss=,comm= | awk '{ sum[$2] += $1 } END { for (n in sum) print sum[n], n }' | sort -n |
  grep -E " ($UH_RESERVER|$UH_HOLDER|$UH_SHARER|$UH_POOL)$" | tail -n 1 | cut -d' ' -f2)"
