sudo print-shop start
sudo taskset -cp 0 "$(pgrep -x "$UH_PATIENT")"
