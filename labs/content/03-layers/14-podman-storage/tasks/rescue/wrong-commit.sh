sudo podman commit --quiet "$UH_BRANCH" localhost/saved > /dev/null
sudo podman rm --force "$UH_BRANCH" > /dev/null
sudo podman run --detach --name "$UH_BRANCH" --network none --volume "$UH_VOLUME:/data" localhost/saved > /dev/null
