cd "/srv/$UH_SHOP"
sed -i "s/americano .*/americano $UH_PRICE/" merged/menu.txt
rm lower/notice.txt
