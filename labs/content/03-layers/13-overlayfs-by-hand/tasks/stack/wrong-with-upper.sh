cd /srv/layers
mkdir work
sudo mount -t overlay overlay -o "lowerdir=$UH_LIBRARY/diff:$UH_BASE/diff,upperdir=$UH_APP/diff,workdir=work" view
