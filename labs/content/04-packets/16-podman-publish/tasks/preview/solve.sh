# 127.0.0.1 means the container itself to the container: the answer would never come back.
echo 'answer: bridge'
read -r -p 'Enter once the prediction is committed: '
curl -s "http://127.0.0.1:$UH_PORT/"
