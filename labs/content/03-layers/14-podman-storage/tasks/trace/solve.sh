upper=$(sudo podman inspect --format '{{.GraphDriver.Data.UpperDir}}' "$UH_BRANCH")
echo "answer: $upper/data/order-$UH_ORDER.txt"
