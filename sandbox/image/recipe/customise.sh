#!/bin/bash
# Runs once inside the new system (chroot), after its packages are installed and the overlay is copied over it.
set -euo pipefail

# --- files: the checkout keeps no owners and only the execute bit
chown -R root:root /etc/systemd /etc/containers /etc/sudoers.d /usr/lib/underhood /usr/share/underhood /etc/skel
chmod 0440 /etc/sudoers.d/*
chmod 0755 /usr/lib/underhood/* /usr/bin/outside
find /usr/share/underhood -name '*.cgi' -exec chmod 0755 {} +

# --- languages
sed -i -e 's/^# *\(en_US.UTF-8 UTF-8\)/\1/' -e 's/^# *\(ko_KR.UTF-8 UTF-8\)/\1/' /etc/locale.gen
locale-gen >/dev/null

# --- people
useradd --create-home --shell /bin/bash --uid 1000 --groups sudo,adm,systemd-journal learner
passwd -d learner >/dev/null
grep -q '^learner:' /etc/subuid || echo 'learner:100000:65536' >>/etc/subuid
grep -q '^learner:' /etc/subgid || echo 'learner:100000:65536' >>/etc/subgid
cp /etc/skel/.bashrc /etc/skel/.profile /root/
mkdir -p /var/lib/systemd/linger
touch /var/lib/systemd/linger/learner

# --- nothing happens by itself: a clock that jumps after a restore would fire every timer at once
for timer in /usr/lib/systemd/system/*.timer /usr/lib/systemd/user/*.timer; do
  name=$(basename "$timer")
  case $timer in
  */user/*) ln -sf /dev/null "/etc/systemd/user/$name" ;;
  *) ln -sf /dev/null "/etc/systemd/system/$name" ;;
  esac
done
for unit in \
  e2scrub_reap.service sysstat.service man-db.service podman-auto-update.service podman-restart.service \
  podman-clean-transient.service podman.socket podman.service systemd-timesyncd.service systemd-networkd.service \
  systemd-networkd-wait-online.service systemd-resolved.service systemd-firstboot.service systemd-hwdb-update.service \
  systemd-machine-id-commit.service systemd-pcrphase.service systemd-tpm2-setup.service systemd-update-utmp.service \
  systemd-random-seed.service systemd-journal-flush.service systemd-udev-settle.service nftables.service \
  netavark-dhcp-proxy.service netavark-dhcp-proxy.socket systemd-binfmt.service dev-hugepages.mount dev-mqueue.mount \
  haproxy.service dnsmasq.service getty@tty1.service serial-getty@ttyS0.service apt-daily.service \
  systemd-ask-password-console.path systemd-ask-password-wall.path keyboard-setup.service console-setup.service; do
  ln -sf /dev/null "/etc/systemd/system/$unit"
done
for unit in podman.socket podman-auto-update.service podman-restart.service; do
  ln -sf /dev/null "/etc/systemd/user/$unit"
done

# --- what does happen
wanted=/etc/systemd/system/multi-user.target.wants
mkdir -p "$wanted"
for unit in /etc/systemd/system/underhood-*.service; do ln -sf "$unit" "$wanted/"; done
ln -sf /usr/lib/systemd/system/multi-user.target /etc/systemd/system/default.target

# --- container images: their contents are Debian's own static busybox and haproxy
images=/usr/share/underhood/images
mkdir -p "$images/base/rootfs"/{bin,etc,tmp,var,proc,sys,dev,root,data}
cp /bin/busybox "$images/base/rootfs/bin/busybox"
for applet in $(/bin/busybox --list); do
  [[ $applet == busybox ]] || ln -sf busybox "$images/base/rootfs/bin/$applet"
done
echo 'root:x:0:0:root:/root:/bin/sh' >"$images/base/rootfs/etc/passwd"
echo 'root:x:0:' >"$images/base/rootfs/etc/group"
chmod 1777 "$images/base/rootfs/tmp"
balancer=$images/balancer/rootfs
mkdir -p "$balancer/usr/sbin"
cp /usr/sbin/haproxy "$balancer/usr/sbin/"
ldd /usr/sbin/haproxy | grep -o '/[^ ]*' | sort -u | while read -r library; do
  mkdir -p "$balancer$(dirname "$library")"
  cp -L "$library" "$balancer$library"
done
apt-get purge -y -q haproxy >/dev/null
apt-get autoremove -y -q --purge >/dev/null

# --- boot: only what this machine type has
cat >/etc/initramfs-tools/initramfs.conf <<'CONF'
MODULES=list
BUSYBOX=auto
KEYMAP=n
COMPRESS=gzip
COMPRESSLEVEL=1
RUNSIZE=10%
FSTYPE=ext4
CONF
printf '%s\n' virtio_mmio virtio_blk virtio_console virtio_rng ext4 >/etc/initramfs-tools/modules
update-initramfs -u -k all >/dev/null
printf '%s\n' virtio_console overlay bridge veth br_netfilter nf_tables loop dummy >/etc/modules-load.d/underhood.conf
depmod "$(basename /lib/modules/*)"

# --- identity: set anew in every machine; a fixed one keeps systemd from its first-boot work
echo 00000000000000000000000000000001 >/etc/machine-id
rm -f /var/lib/dbus/machine-id
ln -s /etc/machine-id /var/lib/dbus/machine-id
echo underhood >/etc/hostname

# --- tidy
rm -f /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/resolv.conf.dpkg* /etc/update-motd.d/* /etc/motd
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/*.log /var/log/apt
mkdir -p /opt/underhood
