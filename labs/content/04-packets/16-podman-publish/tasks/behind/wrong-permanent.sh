echo "answer: $(sudo bridge fdb show br podman0 | awk '/veth/ && /permanent/ && !/^(33:33|01:00)/ { print $1; exit }')"
