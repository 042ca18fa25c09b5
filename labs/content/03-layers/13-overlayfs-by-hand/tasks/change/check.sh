# lower as it was; merged as it should be. How the learner got there is free.
shop=/srv/$UH_SHOP
[[ $(< /proc/1/mountinfo) == *" $shop/merged "*" - overlay "* ]] || fail not-mounted
[[ $(< "$shop/lower/menu.txt") == $'espresso 2800\namericano 3000\nlatte 3500' ]] || fail lower-touched file=menu.txt
[[ -s $shop/lower/notice.txt ]] || fail lower-touched file=notice.txt
posters=("$shop"/lower/posters/*)
[[ ${posters[*]##*/} == 'spring.txt summer.txt' ]] || fail lower-touched file=posters

price=no notice=no seasons=no
[[ $(< "$shop/merged/menu.txt") == $'espresso 2800\namericano '"$UH_PRICE"$'\nlatte 3500' ]] && price=ok
[[ -e $shop/merged/notice.txt ]] || notice=ok
shopt -s nullglob dotglob
posters=("$shop"/merged/posters/*)
[[ ${posters[*]##*/} == autumn.txt ]] && seasons=ok
goal price "$price"
goal notice "$notice"
goal posters "$seasons"
[[ $price == ok ]] || fail not-changed
[[ $notice == ok ]] || fail still-there
seen=${posters[*]##*/}
[[ $seasons == ok ]] || fail other-posters "seen=${seen:--}"
pass
