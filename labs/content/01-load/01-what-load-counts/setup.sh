# Starts the recorder and names this learner's night shift.
set -eu
mkdir -p /usr/local/lib/night-shift
printf '%s %s %s %s\n' "$UH_STUCK" "$UH_ASLEEP" "$UH_STOPPED" "$UH_HOARDER" > /usr/local/lib/night-shift/crew
systemctl is-active --quiet load-recorder ||
  systemd-run --quiet --unit=load-recorder --property=Restart=always /usr/local/lib/underhood/load-recorder
