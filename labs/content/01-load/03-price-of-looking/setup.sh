# An empty ledger that everybody may write to, and the names of this learner's watchmen.
set -eu
mkdir -p /var/lib/price /usr/local/lib/watchmen
: > /var/lib/price/ledger
chmod 666 /var/lib/price/ledger
printf '%s %s %s\n' "$UH_GUILTY" "$UH_BUSY" "$UH_HEAVY" > /usr/local/lib/watchmen/crew
