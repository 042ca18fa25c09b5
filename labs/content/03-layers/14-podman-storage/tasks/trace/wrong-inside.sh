echo "answer: /data/order-$UH_ORDER.txt"
