for _ in $(seq "$UH_WRITERS"); do sleep 30 & done
