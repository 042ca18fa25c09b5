echo 'answer: /data/ledger'
