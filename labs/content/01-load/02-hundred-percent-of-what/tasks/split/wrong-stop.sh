sudo print-shop start
sudo kill -STOP "$(pgrep -x "$UH_PATIENT")"
