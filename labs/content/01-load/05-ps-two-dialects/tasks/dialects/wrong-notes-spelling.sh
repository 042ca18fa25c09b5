# The spelling that lecture notes hand on.
echo 'answer: two-columns'
read -r -p 'Enter once the prediction is committed: '
price ps aux
price ps -ef
price ps -opid, uid cmd -ef
