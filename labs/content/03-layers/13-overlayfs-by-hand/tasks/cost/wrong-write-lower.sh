echo 'answer: 0'
read -r -p 'Enter once the prediction is committed: '
printf x >> "/srv/$UH_SHOP/lower/photos.img"
