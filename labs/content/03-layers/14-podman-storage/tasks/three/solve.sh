echo 'answer: 0.2'
read -r -p 'Enter once the prediction is committed: '
for n in $(seq "$UH_MANY"); do sudo podman create --name "more-$n" localhost/shop:1 > /dev/null; done
