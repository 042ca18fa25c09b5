# Looks at the state only: how the file came to be does not matter.
[[ -f /tmp/$UH_NAME ]] && pass
[[ -f /home/learner/$UH_NAME ]] && fail at-home
fail missing
