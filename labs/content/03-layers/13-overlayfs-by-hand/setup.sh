# Names and numbers of this learner for what bake.sh made.
set -eu
cd /srv
mv shop "$UH_SHOP"
truncate -s "${UH_MEGABYTES}M" "$UH_SHOP/lower/photos.img"
extra=()
for ((n = 3 + UH_REMOVED; n <= 6; n++)); do extra+=("night/upper/order-$n"); done
for ((n = 1 + UH_INSIDE; n <= 6; n++)); do extra+=("night/lower/accounts/2023-$n"); done
rm -f "${extra[@]}"
cd layers
mv base "$UH_BASE"
mv library "$UH_LIBRARY"
mv app "$UH_APP"
echo none > "$UH_BASE/parent"
echo "$UH_BASE" > "$UH_LIBRARY/parent"
echo "$UH_LIBRARY" > "$UH_APP/parent"
echo 'base 1.0' > "$UH_BASE/diff/etc/release"
echo 'library 2.4' > "$UH_LIBRARY/diff/etc/release"
echo "app $UH_RELEASE" > "$UH_APP/diff/etc/release"
echo "password=$UH_SECRET" > "$UH_BASE/diff/etc/secret"
