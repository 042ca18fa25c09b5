# The ward's programs under a name that gives nothing away, and its swap file: made once, used only while its patient is in.
# And an empty ledger of the stopwatch that everybody may write to.
set -eu
ward=/var/lib/ward
mkdir -p "$ward" /var/lib/stopwatch
cp /usr/bin/perl "$ward/patient"
cp /usr/bin/dd "$ward/copier"
fallocate -l 32M "$ward/scratch"
fallocate -l 128M "$ward/swap"
chmod 600 "$ward/swap"
mkswap -q "$ward/swap"
: > /var/lib/stopwatch/ledger
chmod 666 /var/lib/stopwatch/ledger
