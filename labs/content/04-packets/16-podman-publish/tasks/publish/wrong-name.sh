sudo podman run -d --name "not-$UH_NAME" -p "$UH_PORT:80" localhost/web
