for _ in $(seq "$UH_ZOMBIES"); do (sleep 0.2 & exec sleep 300) & done
sleep 1
