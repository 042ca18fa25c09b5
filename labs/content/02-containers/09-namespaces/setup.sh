# Gives the shop its port, and the machine three programs that live in more or less of its namespaces.
set -eu
echo "exec httpd -f -p 0.0.0.0:$UH_PORT -h /srv/shop/www" > /srv/shop/run
home=/usr/local/lib/neighbours
cp /usr/bin/sleep "$home/$UH_ODD"
ln -f "$home/$UH_ODD" "$home/$UH_APART"
ln -f "$home/$UH_ODD" "$home/$UH_PLAIN"
setsid "$home/$UH_PLAIN" 86400 < /dev/null &> /dev/null &
setsid unshare --net --ipc --uts "$home/$UH_APART" 86400 < /dev/null &> /dev/null &
setsid unshare "--$UH_FLAG" "$home/$UH_ODD" 86400 < /dev/null &> /dev/null &
disown -a
