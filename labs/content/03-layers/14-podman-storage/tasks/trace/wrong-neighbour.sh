other=seoul
[[ $UH_BRANCH == seoul ]] && other=busan
echo "answer: $(sudo podman inspect --format '{{.GraphDriver.Data.UpperDir}}' "$other")/data/order-$UH_ORDER.txt"
