# Two looks, two files a process.
set -- /proc/[0-9]*
echo "answer: $(($# * 4))"
read -r -p 'Enter once the prediction is committed: '
price top -b -n 1
