cd "/srv/$UH_SHOP"
sudo mount -t overlay overlay -o ro,lowerdir=lower,upperdir=upper,workdir=work merged
