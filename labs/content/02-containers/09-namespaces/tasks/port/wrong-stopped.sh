echo 'answer: 8080'
