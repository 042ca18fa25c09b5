sudo watchmen start > /dev/null
timeout 60 top -b -d 100 -p "$(pgrep -x "$UH_HEAVY")" > /dev/null
