# What differs per learner, written through each branch's own view, as if the branch had done it.
set -eu
into() {
  local id
  id=$(< "/usr/local/lib/shop/$1")
  root=/proc/$(< "/run/containers/storage/overlay-containers/$id/userdata/pidfile")/root
}
for branch in seoul busan jeju popup; do
  into "$branch"
  for ((n = 0; n < UH_SALES; n++)); do echo 'sold latte 3500'; done >> "$root/data/ledger"
done
into "$UH_BRANCH"
printf 'order %s\npickup code %s\n' "$UH_ORDER" "$UH_CODE" > "$root/data/order-$UH_ORDER.txt"

# In one branch a price was changed; the other two have a drink more and a drink less.
into "$UH_TAMPERED"
echo "$UH_DRINK 9900" > "$root/menu/$UH_DRINK"
others=()
for branch in seoul busan jeju; do [[ $branch == "$UH_TAMPERED" ]] || others+=("$branch"); done
into "${others[UH_COIN]}"
echo 'mocha 4500' > "$root/menu/mocha"
into "${others[1 - UH_COIN]}"
rm "$root/menu/decaf"
