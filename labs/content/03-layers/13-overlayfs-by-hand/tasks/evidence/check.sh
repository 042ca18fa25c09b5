# Lays the layers over each other read-only in a mount namespace of its own, and asks for each file of lower whether the name
# still leads to one that came from there: the kernel itself says what is hidden.
night=/srv/night
[[ -d $night/lower && -d $night/upper ]] || fail gone
read -r below whiteouts visible fresh < <(
  unshare --mount --propagation private bash -c '
    mount -t overlay overlay -o "lowerdir=$1/upper:$1/lower" /mnt || exit
    shopt -s globstar nullglob dotglob
    below=0 whiteouts=0 visible=0 fresh=0
    cd "$1/lower" && for f in **; do [[ -f $f ]] && ((++below)); done
    cd "$1/upper" && for f in **; do [[ -c $f ]] && ((++whiteouts)); done
    cd /mnt && for f in **; do
      [[ -f $f ]] || continue
      ((++visible))
      [[ -f $1/lower/$f ]] || ((++fresh))
    done
    echo "$below $whiteouts $visible $fresh"
  ' bash "$night"
)
((${below:-0} > 0 && ${whiteouts:-0} > 0)) || fail gone
hidden=$((below - (visible - fresh)))
near only-whiteouts "$whiteouts"
near visible "$visible"
near difference "$((below - visible))"
value "$hidden"
exit 0
