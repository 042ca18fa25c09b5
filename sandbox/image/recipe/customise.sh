#!/bin/bash
# Runs once inside the new system (chroot), after its packages are installed and the overlay is copied over it.
set -euo pipefail

# --- languages
printf '%s UTF-8\n' en_US.UTF-8 ko_KR.UTF-8 >/etc/locale.gen
locale-gen >/dev/null

# --- people; lingering keeps the learner's systemd, which rootless podman asks for cgroups
useradd --create-home --shell /bin/bash --uid 1000 --groups sudo,adm,systemd-journal learner
passwd -d learner >/dev/null
# no mail notice, no "last login"
install --owner learner --group learner --mode 644 /dev/null /home/learner/.hushlogin
grep -q '^learner:' /etc/subuid || echo 'learner:100000:65536' >>/etc/subuid
grep -q '^learner:' /etc/subgid || echo 'learner:100000:65536' >>/etc/subgid
cp /etc/skel/.bashrc /etc/skel/.profile /root/
mkdir -p /var/lib/systemd/linger
touch /var/lib/systemd/linger/learner
chmod 0440 /etc/sudoers.d/underhood

# --- nothing happens by itself: a clock that jumps after a restore would fire every timer at once
mask() { for unit in "${@:2}"; do ln -sf /dev/null "/etc/systemd/$1/$unit"; done; }
for scope in system user; do
  # what packages armed while they were installed; what we want is armed below
  find "/etc/systemd/$scope" -name '*.wants' -prune -exec rm -r {} +
  find "/usr/lib/systemd/$scope/timers.target.wants" -name '*.timer' -delete 2>/dev/null || true
  for timer in "/usr/lib/systemd/$scope"/*.timer; do mask "$scope" "${timer##*/}"; done
done
# hardware, first boots and logins that this machine does not have, and writing down what will be thrown away
mask system systemd-firstboot.service systemd-hwdb-update.service systemd-update-done.service ldconfig.service \
  systemd-journal-catalog-update.service systemd-sysusers.service systemd-machine-id-commit.service \
  systemd-remount-fs.service systemd-fsck-root.service systemd-random-seed.service systemd-boot-random-seed.service \
  systemd-update-utmp.service systemd-journal-flush.service systemd-pstore.service systemd-binfmt.service \
  systemd-pcrphase.service systemd-pcrphase-sysinit.service systemd-pcrmachine.service systemd-tpm2-setup.service \
  systemd-tpm2-setup-early.service systemd-udev-settle.service systemd-udev-load-credentials.service \
  systemd-ask-password-console.path systemd-ask-password-wall.path systemd-timesyncd.service \
  systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service systemd-resolved.service \
  modprobe@drm.service modprobe@efi_pstore.service modprobe@dm_mod.service \
  getty.target getty@tty1.service serial-getty@ttyS0.service remote-fs.target dev-hugepages.mount \
  apt-daily.service man-db.service e2scrub_reap.service sysstat.service nftables.service dnsmasq.service \
  haproxy.service podman.service podman.socket podman-restart.service podman-auto-update.service \
  podman-clean-transient.service netavark-dhcp-proxy.service netavark-dhcp-proxy.socket \
  netavark-firewalld-reload.service
mask user podman.service podman.socket podman-restart.service podman-auto-update.service \
  podman-clean-transient.service podman-user-wait-network-online.service

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

# --- boot: busybox, two drivers and one script instead of the stock initrd, which takes seconds of emulated CPU to
# find out what is known here
release=$(basename /usr/lib/modules/*)
echo "$release" >/usr/lib/underhood/kernel-release
initrd=$(mktemp -d)
chmod 755 "$initrd"
mkdir "$initrd"/{bin,dev,proc,root}
cp /usr/bin/busybox "$initrd/bin/"
install -m 755 /initrd-init "$initrd/init"
for module in drivers/virtio/virtio_mmio drivers/block/virtio_blk; do
  xz --decompress --stdout "/usr/lib/modules/$release/kernel/$module.ko.xz" >"$initrd/${module##*/}.ko"
done
(cd "$initrd" && find . | sort | cpio --quiet --create --format newc --owner 0:0) >/boot/initrd.img
rm -r "$initrd"
mv "/boot/vmlinuz-$release" /boot/vmlinuz
rm -f /boot/initrd.img-* /boot/System.map-* /vmlinuz /vmlinuz.old /initrd.img /initrd.img.old

# --- identity: set anew in every machine; a fixed one keeps systemd from its first-boot work
echo 00000000000000000000000000000001 >/etc/machine-id
rm -f /var/lib/dbus/machine-id
ln -s /etc/machine-id /var/lib/dbus/machine-id
echo underhood >/etc/hostname

# --- tidy
rm -f /etc/apt/sources.list.d/* /etc/apt/apt.conf.d/99mmdebstrap /etc/update-motd.d/* /etc/motd
echo '# There is no package archive in reach of this machine.' >/etc/apt/sources.list
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/log/*.log /var/log/apt
mkdir -p /opt/underhood
