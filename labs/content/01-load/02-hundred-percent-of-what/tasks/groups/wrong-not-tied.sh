echo 'answer: 25'
read -r -p 'Enter once the prediction is committed: '
sudo systemd-run --quiet --collect --unit=backup nice -n "$UH_NICE" timeout 90 sh -c 'while :; do :; done'
timeout 90 sh -c 'while :; do :; done'
