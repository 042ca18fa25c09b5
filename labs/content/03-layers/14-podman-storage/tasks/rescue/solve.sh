sudo podman volume create "$UH_VOLUME" > /dev/null
sudo podman cp "$UH_BRANCH:/data/." "/var/lib/containers/storage/volumes/$UH_VOLUME/_data"
sudo podman rm --force "$UH_BRANCH" > /dev/null
sudo podman run --detach --name "$UH_BRANCH" --volume "$UH_VOLUME:/data" localhost/shop:2 > /dev/null
