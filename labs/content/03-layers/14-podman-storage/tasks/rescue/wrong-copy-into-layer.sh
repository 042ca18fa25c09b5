sudo podman cp "$UH_BRANCH:/data" /tmp/saved
sudo podman rm --force "$UH_BRANCH" > /dev/null
sudo podman run --detach --name "$UH_BRANCH" --network none localhost/shop:2 > /dev/null
sudo podman cp /tmp/saved/. "$UH_BRANCH:/data"
