echo 'answer: 400'
read -r -p 'Enter once the prediction is committed: '
sudo crowd start "$UH_CROWD"
price top -b -H -n 1
sudo crowd stop
