cd "/srv/$UH_SHOP"
sudo mount -t overlay overlay -o "lowerdir=$PWD/upper,upperdir=$PWD/lower,workdir=$PWD/work" "$PWD/merged"
