# A filter hides lines; it reads all the same.
sudo watchmen start > /dev/null
timeout 60 top -b -d 1 -u nobody > /dev/null
