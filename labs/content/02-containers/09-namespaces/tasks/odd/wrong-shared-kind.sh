echo 'answer: pid'
