# Higher means nicer, not more important.
sudo print-shop start
sudo renice -n 5 -p "$(pgrep -x "$UH_URGENT")"
