echo 'answer: /menu/decaf'
