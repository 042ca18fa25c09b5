# The names of this learner's office: its programs, then the threads of one. Builtins only: somebody is waiting for the prompt.
echo "$UH_RESERVER $UH_HOLDER $UH_SHARER $UH_POOL $UH_SPENT $UH_ACTIVE $UH_IDLE-1 $UH_IDLE-2 $UH_IDLE-3" > /usr/local/lib/office/crew
