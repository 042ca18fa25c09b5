sudo podman run -d --name "$UH_NAME" -p "127.0.0.1:$UH_PORT:80" localhost/web
