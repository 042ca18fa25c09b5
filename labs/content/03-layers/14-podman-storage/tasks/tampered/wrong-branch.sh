echo "answer: jeju"
