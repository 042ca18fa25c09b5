cd /srv/layers
sudo mount -t overlay overlay -o "lowerdir=$UH_BASE/diff:$UH_LIBRARY/diff:$UH_APP/diff" view
