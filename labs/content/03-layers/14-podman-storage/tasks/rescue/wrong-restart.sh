sudo podman restart "$UH_BRANCH" > /dev/null
