if [[ $UH_PRIORITY == N ]]; then nice -n 5 sleep 900 & else sudo nice -n -5 sleep 900 & fi
sleep 900 &
last=$!
# At once it would still be a shell, about to become `sleep`.
sleep 2
kill -STOP "$last"
setsid sleep 900 &
# The end of this shell would orphan the stopped one, and the kernel wakes and ends what is left so.
sleep 15
