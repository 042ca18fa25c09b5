echo 'answer: eth0'
