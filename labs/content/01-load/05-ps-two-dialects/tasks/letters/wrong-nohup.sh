# nohup ignores a signal; the session stays the same.
if [[ $UH_PRIORITY == N ]]; then nice -n 5 sleep 60 & else sudo nice -n -5 sleep 60 & fi
sleep 60 &
last=$!
# At once it would still be a shell, about to become `sleep`.
sleep 2
kill -STOP "$last"
nohup sleep 60 > /dev/null &
# The end of this shell would orphan the stopped one, and the kernel wakes and ends what is left so.
sleep 15
