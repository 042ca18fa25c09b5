sudo print-shop start
sudo renice -n 10 -p "$(pgrep -x "$UH_PATIENT")"
