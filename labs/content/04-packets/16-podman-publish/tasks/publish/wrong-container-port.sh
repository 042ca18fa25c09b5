sudo podman run -d --name "$UH_NAME" -p 80:80 localhost/web
