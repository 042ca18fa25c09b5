echo 'answer: aux-most'
read -r -p 'Enter once the prediction is committed: '
price ps aux
