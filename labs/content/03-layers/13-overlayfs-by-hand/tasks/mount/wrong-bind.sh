cd "/srv/$UH_SHOP"
sudo mount --bind lower merged
