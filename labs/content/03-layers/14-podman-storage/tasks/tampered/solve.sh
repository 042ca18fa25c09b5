for branch in seoul busan jeju; do
  drink=$(sudo podman diff "$branch" | awk '$1 == "C" && $2 ~ /^\/menu\/./ { print $2 }')
  [[ $drink ]] && echo "answer: $drink"
done
