echo "answer: $(find /srv/night/upper -type c | wc -l)"
