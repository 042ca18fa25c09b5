# Every child keeps its place until it is reaped; the parent has one of its own.
echo "answer: $((UH_LIMIT - 1))"
read -r -p 'Enter once the prediction is committed: '
timeout 45 systemd-run --user --scope --quiet -p TasksMax="$UH_LIMIT" forgetful || true
