sudo print-shop start
case $UH_PERCENT in 60) n=2 ;; 66) n=3 ;; 75) n=5 ;; 80) n=6 ;; esac
sudo renice -n "$n" -p "$(pgrep -x "$UH_PATIENT")"
