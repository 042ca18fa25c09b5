cd "/srv/$UH_SHOP"
sudo mount -t overlay overlay -o lowerdir=upper:lower merged
