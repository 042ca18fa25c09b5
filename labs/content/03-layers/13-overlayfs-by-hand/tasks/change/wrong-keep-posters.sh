cd "/srv/$UH_SHOP/merged"
sed -i "s/americano .*/americano $UH_PRICE/" menu.txt
rm notice.txt
echo 'Pumpkin spice' > posters/autumn.txt
