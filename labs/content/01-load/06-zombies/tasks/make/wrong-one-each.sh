for _ in $(seq "$UH_ZOMBIES"); do (sleep 5 & exec sleep 300) & done
sleep 6
