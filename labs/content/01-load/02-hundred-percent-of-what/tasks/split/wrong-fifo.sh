sudo print-shop start
sudo chrt -f -p 50 "$(pgrep -x "$UH_URGENT")"
