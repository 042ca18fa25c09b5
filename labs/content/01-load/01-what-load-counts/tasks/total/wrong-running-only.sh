echo 'answer: 1'
