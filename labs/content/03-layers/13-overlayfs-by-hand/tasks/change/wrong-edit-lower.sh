cd "/srv/$UH_SHOP"
sed -i "s/americano .*/americano $UH_PRICE/" lower/menu.txt
rm merged/notice.txt
