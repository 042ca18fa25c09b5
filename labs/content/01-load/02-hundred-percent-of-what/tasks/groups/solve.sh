# Two groups of equal weight: half each, whatever the nice value inside.
echo 'answer: 50'
read -r -p 'Enter once the prediction is committed: '
sudo systemd-run --quiet --collect --unit=backup taskset -c 1 nice -n "$UH_NICE" timeout 45 sh -c 'while :; do :; done'
timeout 45 taskset -c 1 sh -c 'while :; do :; done'
sudo systemctl stop backup 2> /dev/null || true
