echo 'answer: /menu/mocha'
