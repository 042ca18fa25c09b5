# Creates the container once; it is started by the learner. What it runs is in a file that setup.sh writes for each of them.
set -eu
mkdir -p /usr/local/lib/neighbours
podman create --name shop --cidfile /usr/local/lib/neighbours/shop.cid --volume /srv/shop:/srv/shop:ro \
  localhost/base /bin/sh /srv/shop/run
