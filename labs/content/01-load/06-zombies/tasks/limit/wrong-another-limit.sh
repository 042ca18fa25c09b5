echo 'answer: 9'
read -r -p 'Enter once the prediction is committed: '
timeout 30 systemd-run --user --scope --quiet -p TasksMax=10 forgetful
