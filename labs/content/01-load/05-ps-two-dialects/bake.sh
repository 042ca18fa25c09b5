# The office's one program, which its clerks are copies of, and an empty ledger of prices that everybody may write to.
set -eu
mkdir -p /usr/local/lib/office /var/lib/price
gcc -O1 -o /usr/local/lib/office/clerk /usr/local/src/clerk.c
strip /usr/local/lib/office/clerk
: > /var/lib/price/ledger
chmod 666 /var/lib/price/ledger
