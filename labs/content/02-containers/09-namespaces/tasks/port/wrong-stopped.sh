sudo podman stop --time 0 shop > /dev/null
echo 'answer: 8080'
