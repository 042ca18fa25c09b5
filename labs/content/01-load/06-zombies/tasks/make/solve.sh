# A subshell that starts its children and then becomes a program that knows nothing of them. The children must outlive the
# change: as long as it is a shell it reaps.
(
  for _ in $(seq "$UH_ZOMBIES"); do sleep 5 & done
  exec sleep 7001
) &
sleep 6
