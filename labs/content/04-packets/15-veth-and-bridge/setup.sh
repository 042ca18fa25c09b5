# This learner's names for the cables that bake.sh has laid.
set -eu
steps=(0 467 211) turn=$UH_ORDER
for program in attic cellar lobby; do
  echo "link set to-$program name veth$((UH_TAG + steps[turn++ % 3]))"
done | ip -batch -
