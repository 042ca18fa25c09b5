sudo podman run -d --name "$UH_NAME" -p "$UH_PORT:8080" localhost/web
