echo "answer: $(sudo podman inspect --format '{{.GraphDriver.Data.UpperDir}}' "$UH_BRANCH")"
