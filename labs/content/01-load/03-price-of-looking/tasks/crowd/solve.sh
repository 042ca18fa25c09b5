set -- /proc/[0-9]*
echo "answer: $((($# + UH_CROWD) * 4))"
read -r -p 'Enter once the prediction is committed: '
sudo crowd start "$UH_CROWD"
price top -b -n 1
sudo crowd stop
