# Nice the other way round.
if [[ $UH_PRIORITY == N ]]; then sudo nice -n -5 sleep 60 & else nice -n 5 sleep 60 & fi
sleep 60 &
last=$!
# At once it would still be a shell, about to become `sleep`.
sleep 2
kill -STOP "$last"
setsid sleep 60 &
# The end of this shell would orphan the stopped one, and the kernel wakes and ends what is left so.
sleep 15
