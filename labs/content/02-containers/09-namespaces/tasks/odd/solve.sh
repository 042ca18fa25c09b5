# The one link of the program that the shell does not have as well.
theirs=$(sudo readlink "/proc/$(pgrep -o -x "$UH_ODD")/ns/"{cgroup,ipc,mnt,net,pid,time,user,uts})
mine=$(readlink "/proc/$$/ns/"{cgroup,ipc,mnt,net,pid,time,user,uts})
only=$(grep -vxF "$mine" <<< "$theirs")
echo "answer: ${only%%:*}"
