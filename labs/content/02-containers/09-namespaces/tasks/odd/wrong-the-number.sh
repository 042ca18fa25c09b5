theirs=$(sudo readlink "/proc/$(pgrep -o -x "$UH_ODD")/ns/"{cgroup,ipc,mnt,net,pid,time,user,uts})
mine=$(readlink "/proc/$$/ns/"{cgroup,ipc,mnt,net,pid,time,user,uts})
echo "answer: $(grep -vxF "$mine" <<< "$theirs" | tr -dc 0-9)"
