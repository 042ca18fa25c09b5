# The note in the learner's own storage, and who wrote it in the container.
store=/home/learner/.local/share/containers/storage
since=$((EPOCHSECONDS - ${UH_COMMITTED_SECONDS_AGO:-0} - 3))
read -r layer id < <(jq -r --argjson since "$since" '.[] | select(.names // [] | index("note"))
  | select((.created | sub("\\.[0-9]+"; "") | fromdateiso8601) >= $since) | "\(.layer) \(.id)"' \
  "$store/overlay-containers/containers.json" 2> /dev/null)
if [[ -z ${layer-} ]]; then
  [[ $(< /var/lib/containers/storage/overlay-containers/containers.json) == *'"note"'* ]] && fail with-sudo
  fail not-run
fi
note=$store/overlay/$layer/diff/tmp/note
[[ -f $note ]] || fail no-note
[[ $(< "$store/overlay-containers/$id/userdata/config.json") =~ \"user\":\{\"uid\":([0-9]+) ]]
[[ ${BASH_REMATCH[1]-} == "$UH_UID" ]] || fail other-user "found=${BASH_REMATCH[1]-?}"
value "$(stat -c %u "$note")"
exit 0
