# A shop's directories, the leftovers of an overlay that was unmounted, and three layers: setup.sh gives them the learner's names
# and numbers, for which a handful of processes must do.
set -eu
umask 022
shop=/srv/shop night=/srv/night layers=/srv/layers
mkdir -p "$shop"/{lower/posters,upper,work,merged} "$night"/{lower/{accounts,letters},upper,work,merged} \
  "$layers"/{base,library,app}/diff/etc "$layers/view"
cd "$shop/lower"
printf '%s\n' 'espresso 2800' 'americano 3000' 'latte 3500' > menu.txt
echo 'Closed on Mondays.' > notice.txt
echo 'Cherry blossom latte' > posters/spring.txt
echo 'Iced everything' > posters/summer.txt
# Real bytes, not a hole: a hole would be copied as a hole.
head -c 90M /dev/zero > photos.img

# Last night: four files removed, one directory removed and made again, one file changed, one new.
cd "$night"
for n in 1 2 3 4 5 6 7 8; do echo "order $n" > "lower/order-$n"; done
for n in 1 2 3 4 5 6; do echo "account $n" > "lower/accounts/2023-$n"; done
for n in 1 2 3 4 5; do echo "letter $n" > "lower/letters/$n"; done
mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged
rm -r merged/order-{3,4,5,6} merged/accounts
mkdir merged/accounts
echo 'account 1' > merged/accounts/2024-1
echo 'urgent' >> merged/order-1
echo 'order 9' > merged/order-9
umount merged
rm -r work merged

# Every layer carries the file that the ones above it cover; the top one hides a secret of the bottom one.
cd "$layers"
touch {base,library,app}/{parent,diff/etc/release} base/diff/etc/secret
mknod app/diff/etc/secret c 0 0
chown -R learner: "$shop" "$night" "$layers"
sync
