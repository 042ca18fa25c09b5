volumes=/var/lib/containers/storage/volumes
sudo podman volume create "$UH_VOLUME" > /dev/null
data=$(sudo find /var/lib/containers/storage/overlay -path "*/diff/data/order-$UH_ORDER.txt" -printf '%h\n')
sudo cp -a "$data/." "$volumes/$UH_VOLUME/_data"
sudo podman rm --force "$UH_BRANCH" > /dev/null
sudo podman run --detach --name "$UH_BRANCH" --network none --volume "$UH_VOLUME:/data" localhost/shop:2 > /dev/null
