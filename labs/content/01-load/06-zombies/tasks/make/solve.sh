# A subshell that starts its children and then becomes a program that knows nothing of them.
(
  for _ in $(seq "$UH_ZOMBIES"); do sleep 0.2 & done
  exec sleep 7001
) &
sleep 1
