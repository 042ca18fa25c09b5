sudo watchmen start > /dev/null
timeout 60 top -b -d 2 -p "$(pgrep -x "$UH_HEAVY"),$(pgrep -x "$UH_BUSY")" > /dev/null
