for _ in $(seq "$UH_ZOMBIES"); do setsid sleep 300 & done
sleep 0.5
kill -STOP $(pgrep -f 'sleep 300')
