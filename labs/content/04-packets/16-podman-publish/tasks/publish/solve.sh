sudo podman run -d --name "$UH_NAME" -p "$UH_PORT:80" localhost/web
