cd /srv/layers
sudo mount -t overlay overlay -o "lowerdir=$UH_APP/diff:$UH_BASE/diff" view
