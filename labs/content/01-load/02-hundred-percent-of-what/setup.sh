# Names the two programs of this learner's print shop.
set -eu
mkdir -p /usr/local/lib/print-shop
printf '%s %s\n' "$UH_URGENT" "$UH_PATIENT" > /usr/local/lib/print-shop/crew
