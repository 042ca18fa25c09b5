# Who lies in which bed, and nobody has been visited. Builtins only: somebody is waiting for the prompt.
echo "$UH_BEDS" > /var/lib/ward/beds
: > /var/lib/ward/visits
