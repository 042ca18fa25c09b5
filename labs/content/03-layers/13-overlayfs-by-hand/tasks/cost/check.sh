# The copy appears in upper only when it is complete, so its blocks are the measurement.
shop=/srv/$UH_SHOP
bytes=$((UH_MEGABYTES * 1024 * 1024))
read -r size _ < <(stat -c '%s %b' "$shop/lower/photos.img")
[[ ${size:-0} == "$bytes" ]] || fail lower-touched file=photos.img
copy=$shop/upper/photos.img
[[ -c $copy ]] && fail deleted
[[ -f $copy ]] || fail not-copied
read -r blocks born < <(stat -c '%b %W' "$copy")
# Ten seconds of grace: two clocks are compared.
((born >= EPOCHSECONDS - ${UH_COMMITTED_SECONDS_AGO:-100000} - 10)) || fail too-early
value "$(((blocks * 512 + 512 * 1024) / (1024 * 1024)))"
exit 0
