sudo ward 1
sudo ward empty
echo 'answer: 1 2 3 4'
