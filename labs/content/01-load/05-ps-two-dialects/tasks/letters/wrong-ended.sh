# SIGTERM ends, it does not stop.
if [[ $UH_PRIORITY == N ]]; then nice -n 5 sleep 60 & else sudo nice -n -5 sleep 60 & fi
sleep 60 &
last=$!
sleep 2
kill "$last"
setsid sleep 60 &
# The end of this shell would orphan the stopped one, and the kernel wakes and ends what is left so.
sleep 15
