# Opens this learner's parcel depot: three services with names of their own, and a worker that all of them send out.
set -eu
home=/usr/local/lib/parcel
services=$home/services
mkdir -p "$services" "$home/workers" /var/lib/parcel
cp /usr/bin/sleep "$home/workers/$UH_WORKER"
for ((parcel = 1; parcel <= UH_BACKLOG; parcel++)); do echo "parcel $parcel"; done > /var/lib/parcel/backlog

# Builtins only: a process costs some 15 ms under emulation.
service() {
  local program
  IFS= read -r -d '' program < "$home/$1" || :
  printf '%s' "$program" > "$services/$2"
  printf '%s\n' '[Unit]' 'Description=A service of the parcel depot' '' '[Service]' Type=exec \
    "ExecStart=$services/$2 $home/workers/$UH_WORKER" > "/etc/systemd/system/$2.service"
}
service keep "$UH_KEEPER"
service late "$UH_LATE"
service forget "$UH_FORGETTER"
chmod +x "$services"/*
# As the shell lists files, in order of the alphabet: the place in a list must not say who is who.
{
  printf '[Unit]\nDescription=The parcel depot\n'
  for name in "$services"/*; do printf 'Wants=%s.service\n' "${name##*/}"; done
} > /etc/systemd/system/depot.target
