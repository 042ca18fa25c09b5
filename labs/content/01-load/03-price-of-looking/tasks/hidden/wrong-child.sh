sudo watchmen start > /dev/null
echo 'answer: ps'
