echo "answer: $UH_MEGABYTES"
read -r -p 'Enter once the prediction is committed: '
cat "/srv/$UH_SHOP/merged/photos.img" > /dev/null
