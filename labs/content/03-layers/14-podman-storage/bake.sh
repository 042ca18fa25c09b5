# Two versions of a shop's image and four branches that run the first one. What differs per learner is written into the running
# branches by setup.sh: making a container takes seconds.
set -eu
umask 022
mkdir -p /usr/local/lib/shop
context=$(mktemp -d)
cd "$context"
mkdir -p one/{catalogue,rootfs/{bin,etc,menu}} two/rootfs/{bin,etc}

# Real bytes, not a hole: it is there to be big.
head -c 48M /dev/zero > one/catalogue/photos.img
for drink in espresso americano latte cortado macchiato ristretto decaf; do echo "$drink 3500" > "one/rootfs/menu/$drink"; done
echo 'shop 1.0' > one/rootfs/etc/shop
cat > one/rootfs/bin/till << 'end'
#!/bin/sh
# The till of a branch: says in the ledger that it has opened, and waits. `sell` writes the sales.
echo "opened by $(cat /etc/shop)" >> /data/ledger
exec sleep 2147483647
end
cat > one/rootfs/bin/sell << 'end'
#!/bin/sh
# sell DRINK: one line in the ledger
echo "sold $(cat "/menu/$1")" >> /data/ledger
end
chmod 755 one/rootfs/bin/*
cat > one/Containerfile << 'end'
FROM localhost/base
COPY catalogue/ /srv/
COPY rootfs/ /
STOPSIGNAL SIGKILL
CMD ["/bin/sh", "/bin/till"]
end

echo 'shop 2.0' > two/rootfs/etc/shop
cat > two/rootfs/bin/sell << 'end'
#!/bin/sh
# sell DRINK: one line in the ledger, with a thank-you
echo "sold $(cat "/menu/$1"), thank you" >> /data/ledger
end
chmod 755 two/rootfs/bin/sell
printf '%s\n' 'FROM localhost/shop:1' 'COPY rootfs/ /' > two/Containerfile

export BUILDAH_ISOLATION=chroot
buildah build --quiet --layers --pull=never --tag localhost/shop:1 one
buildah build --quiet --layers --pull=never --tag localhost/shop:2 two
cd /
rm -r "$context"

for branch in seoul busan jeju popup; do
  podman run --detach --name "$branch" --network none localhost/shop:1 > "/usr/local/lib/shop/$branch"
done
sync
