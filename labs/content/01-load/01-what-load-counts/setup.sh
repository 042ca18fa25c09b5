# Names this learner's night shift. Builtins only: somebody is waiting for the prompt.
printf '%s %s %s %s\n' "$UH_STUCK" "$UH_ASLEEP" "$UH_STOPPED" "$UH_HOARDER" > /usr/local/lib/night-shift/crew
