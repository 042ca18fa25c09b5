echo 'answer: 100'
read -r -p 'Enter once the prediction is committed: '
outside curl -s "http://203.0.113.10:$UH_PORT/?[1-$((UH_REQUESTS + 9))]" > /dev/null
