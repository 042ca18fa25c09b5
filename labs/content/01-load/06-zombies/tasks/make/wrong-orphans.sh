# Children whose parent is gone: process 1 adopts them, and reaps them when they end.
for _ in $(seq "$UH_ZOMBIES"); do (sleep 0.3 &); done
sleep 1
