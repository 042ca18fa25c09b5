sudo podman run -d --name "$UH_NAME" -p "80:$UH_PORT" localhost/web
