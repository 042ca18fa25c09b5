echo "answer: $((100000 + UH_UID - 1))"
read -r -p 'Enter once the prediction is committed: '
podman run --name note --network none localhost/shell sh -c 'echo hello > /tmp/note'
