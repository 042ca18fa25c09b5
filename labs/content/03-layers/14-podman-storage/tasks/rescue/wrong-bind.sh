sudo podman cp "$UH_BRANCH:/data" /srv/saved
sudo podman rm --force "$UH_BRANCH" > /dev/null
sudo podman run --detach --name "$UH_BRANCH" --network none --volume /srv/saved:/data localhost/shop:2 > /dev/null
