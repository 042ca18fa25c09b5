echo "answer: $UH_MEGABYTES"
read -r -p 'Enter once the prediction is committed: '
printf x >> "/srv/$UH_SHOP/merged/photos.img"
