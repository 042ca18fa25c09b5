sudo podman volume create "$UH_VOLUME" > /dev/null
sudo podman cp "$UH_BRANCH:/data/." - | sudo podman volume import "$UH_VOLUME" -
sudo podman rm --force "$UH_BRANCH" > /dev/null
sudo podman run --detach --name "$UH_BRANCH" --volume "$UH_VOLUME:/data" localhost/shop:2 > /dev/null
