# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Makes the images, each in a folder of the cache that is named by the hash of
# all that goes in: an image that exists is right and complete. Nothing is
# installed on the host.

# manifest KIND...: the arguments of lines in `images` that start with KIND.
manifest() { sed -n "s/^$1[[:space:]]\{1,\}//p" "$RIG_DIR/images"; }

# apt_site CODENAME: the mirror that this machine itself uses.
apt_site() {
	local site
	# shellcheck disable=SC2016 # apt's own variable
	site=$(apt-get indextargets --format '$(SITE)' \
		'Created-By: Packages' "Codename: $1" | head -n 1)
	[ -n "$site" ] && printf '%s' "$site"
}

apt_site_or_die() {
	apt_site bookworm || die "apt knows no Debian 12 (bookworm) mirror;" \
		"run apt-get update"
}

# cached NAME KEY MAKER: path of the image NAME; MAKER fills the folder $1.
cached() {
	local dir=$CACHE/$1-$2 tmp start rc
	if [ ! -d "$dir" ]; then
		start=$(uptime_now)
		say "making $1 ..."
		mkdir -p "$CACHE"
		tmp=$(mktemp -d "$CACHE/.$1.XXXXXX") || exit 1
		chmod 755 "$tmp"
		# Not in an `if`: there bash ignores set -e.
		(set -e; "$3" "$tmp") >"$CACHE/$1.log" 2>&1
		rc=$?
		if [ $rc -ne 0 ]; then
			tail -n 15 "$CACHE/$1.log" >&2
			rm -rf "$tmp"
			die "$1 could not be made; the log is $CACHE/$1.log"
		fi
		mv -T "$tmp" "$dir" || exit 1
		say "made $1 in $(since "$start") s ($(du -sh "$dir" | cut -f1))"
	fi
	# Older versions go three days after their last use.
	touch "$dir"
	find "$CACHE" -maxdepth 1 -name "$1-????????????" -mtime +2 \
		-exec rm -rf {} +
}

# ---- the tree of packages, for dom0 and the guests

tree_key() {
	{
		manifest package
		# A newer kernel or Xen in apt makes a new tree.
		apt-cache policy linux-image-amd64 xen-utils-4.17 |
			grep Candidate
		declare -f make_tree
	} | hash_of
}

make_tree() {
	local site sec
	site=$(apt_site_or_die)
	sec=$(apt_site bookworm-security) || sec=
	mmdebstrap --quiet --variant=extract --architectures=amd64 \
		--include="$(manifest package | paste -sd,)" \
		bookworm "$1/root" \
		"deb $site bookworm main" "deb $site bookworm-updates main" \
		${sec:+"deb $sec bookworm-security main"}
	cd "$1/root"
	rm -rf usr/share var/cache var/lib/apt usr/lib/python3* usr/lib/grub*
	rm -rf usr/lib/debug
	(cd lib/modules && echo *) >"$1/kernel-version"
	depmod -b . "$(cat "$1/kernel-version")"
	gunzip -c boot/xen-4.17-amd64.gz >"$1/xen"
	extract_vmlinux boot/vmlinuz-* "$1/vmlinux"
	rm -rf boot
}

# le32 FILE OFFSET: one little-endian number.
le32() { od -An -t u4 -j "$2" -N 4 "$1" | tr -d ' '; }

# extract_vmlinux BZIMAGE OUT: the payload's place is in the boot header, its
# kind in its first octets (Linux Documentation/x86/boot.rst, 0x248). Booting
# it saves an unpacking under emulation for dom0 and for each guest.
extract_vmlinux() {
	local setup from size
	setup=$(od -An -t u1 -j $((0x1f1)) -N 1 "$1" | tr -d ' ')
	from=$(((setup + 1) * 512 + $(le32 "$1" $((0x248)))))
	size=$(le32 "$1" $((0x24c)))
	tail -c +$((from + 1)) "$1" | head -c "$size" >"$2.packed"
	case $(od -An -t x1 -N 4 "$2.packed" | tr -d ' ') in
	fd377a58) xz -dc --single-stream <"$2.packed" >"$2" || true ;;
	1f8b*) gzip -dc <"$2.packed" >"$2" 2>/dev/null || true ;;
	28b52ffd) zstd -dcq <"$2.packed" >"$2" 2>/dev/null || true ;;
	*) echo "kernel packed in an unknown way"; return 1 ;;
	esac
	rm -f "$2.packed"
	[ "$(head -c 4 "$2" | tail -c 3)" = ELF ]
}

# ---- QEMU

version_ge() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

host_qemu_ok() {
	local v
	v=$(qemu-system-x86_64 --version 2>/dev/null |
		sed -n 's/.*version \([0-9.]*\).*/\1/p')
	[ -n "$v" ] && version_ge "$v" 10.1 &&
		qemu-system-x86_64 -device help 2>/dev/null |
		grep -q '"vfio-user-pci"'
}

qemu_key() {
	{
		manifest qemu
		declare -f make_qemu
	} | hash_of
}

make_qemu() {
	local site
	site=$(apt_site_or_die)
	mmdebstrap --quiet --variant=extract --architectures=amd64 \
		--aptopt='APT::Default-Release "trixie-backports"' \
		--include="$(manifest qemu | paste -sd,)" trixie "$1/root" \
		"deb $site trixie main" "deb $site trixie-updates main" \
		"deb $site trixie-backports main"
	cd "$1/root"
	rm -rf usr/share/doc usr/share/man usr/share/locale var/cache var/lib/apt
	# The binary runs with its own loader and libraries: no chroot, so
	# sockets, memfds and paths are the host's.
	cat >"$1/qemu" <<-'END'
	#!/bin/sh
	root=$(dirname "$(readlink -f "$0")")/root
	lib=$root/usr/lib/x86_64-linux-gnu
	export QEMU_MODULE_DIR="$lib/qemu"
	exec "$lib/ld-linux-x86-64.so.2" \
		--library-path "$lib:$lib/pulseaudio:$lib/systemd" \
		"$root/usr/bin/qemu-system-x86_64" \
		-L "$root/usr/share/qemu" -L "$root/usr/share/seabios" "$@"
	END
	chmod 755 "$1/qemu"
	"$1/qemu" -device help | grep -q '"vfio-user-pci"'
}

# ---- initramfs images

# image_skeleton TREE IMG: one merged /usr, busybox, empty folders.
image_skeleton() {
	local d a
	for d in bin sbin lib lib64; do
		mkdir -p "$2/usr/$d"
		ln -s "usr/$d" "$2/$d"
	done
	mkdir -p "$2"/{dev,proc,sys,run,tmp,root,etc,mnt,var/lib,var/log}
	mkdir -p "$2/usr/lib/x86_64-linux-gnu"
	chmod 1777 "$2/tmp"
	ln -s /run "$2/var/run"
	ln -s /run/lock "$2/var/lock"
	cp "$1/bin/busybox" "$2/bin/busybox"
	for a in $("$1/bin/busybox" --list); do
		[ "$a" = busybox ] || ln -s busybox "$2/bin/$a"
	done
	ln -s ../bin/busybox "$2/sbin/init"
	ln -s ../bin/busybox "$2/sbin/modprobe"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$2/etc/passwd"
	echo 'root:x:0:' >"$2/etc/group"
	printf '127.0.0.1 localhost\n' >"$2/etc/hosts"
	mkdir -p "$2/usr/lib64"
	cp -L "$1/lib64/ld-linux-x86-64.so.2" "$2/usr/lib64/"
}

# The tree's own loader tells which libraries a file needs.
tree_libs() {
	local lib="$1/lib/x86_64-linux-gnu:$1/usr/lib/x86_64-linux-gnu"
	"$1/lib64/ld-linux-x86-64.so.2" --library-path "$lib" --list "$2" |
		sed -n 's/.* => \(\/[^ ]*\) .*/\1/p'
}

image_libs() {
	local l
	tree_libs "$1" "$3" | while read -r l; do
		case $l in
		*/ld-linux-*) ;;
		*) cp -nL "$l" "$2/usr/lib/x86_64-linux-gnu/" ;;
		esac
	done
}

# image_fill TREE IMG KIND: what the file `images` says.
image_fill() {
	local kind=$3 ver p l file m path
	ver=$(cat "$1/../kernel-version")
	for p in $(manifest "$kind prog") $(manifest "both prog"); do
		rm -f "$2/usr/bin/${p##*/}" "$2/usr/sbin/${p##*/}"
		case $p in /usr/*) ;; *) p=/usr$p ;; esac
		mkdir -p "$2${p%/*}"
		if [ -e "$1$p" ]; then
			cp -L "$1$p" "$2$p"
		else
			cp -L "$1${p#/usr}" "$2$p"
		fi
		image_libs "$1" "$2" "$2$p"
	done
	for l in $(manifest "$kind lib"); do
		# shellcheck disable=SC2086 # a pattern
		for file in $(cd "$1" && ls -d {usr/,}lib/x86_64-linux-gnu/$l \
			2>/dev/null); do
			cp -nL "$1/$file" "$2/usr/lib/x86_64-linux-gnu/"
			image_libs "$1" "$2" "$1/$file"
		done
	done
	for m in $(manifest "$kind mod"); do
		for path in $(modprobe -d "$1" -S "$ver" --show-depends "$m" |
			sed -n 's/^insmod \([^ ]*\).*/\1/p'); do
			path=${path#"$1"}
			mkdir -p "$2/usr${path%/*}"
			cp "$1$path" "$2/usr$path"
		done
	done
	# busybox's own shell would prefer its small ip and ping to the real ones.
	ln -sf dash "$2/usr/bin/sh"
	cp "$1/lib/modules/$ver"/modules.{order,builtin} "$2/usr/lib/modules/$ver/"
	depmod -b "$2" "$ver"
}

image_pack() {
	(cd "$1" && find . -print0 | LC_ALL=C sort -z |
		cpio --quiet -0 -o -H newc -R 0:0) >"$2"
}

# source_hash FILE...: of files and folders of the rig's sources.
source_hash() {
	(cd "$RIG_DIR" && find "$@" -type f -print0 | LC_ALL=C sort -z |
		xargs -0 sha256sum)
}

guest_key() {
	{
		basename "$TREE"
		source_hash images guest rigexec gap.c
		declare -f make_guest make_gap image_skeleton image_libs image_fill
	} | hash_of
}

make_rigexec() {
	gcc -std=gnu11 -O2 -Wall -Wextra -static -o "$1" "$RIG_DIR"/rigexec/*.c
}

# Beside the image too: the far end of the wire runs it.
make_gap() {
	gcc -std=gnu11 -O2 -Wall -Wextra -static -o "$1" "$RIG_DIR/gap.c"
}

make_guest() {
	local img=$1/img
	image_skeleton "$TREE/root" "$img"
	image_fill "$TREE/root" "$img" guest
	make_rigexec "$img/usr/bin/rigexec"
	make_gap "$1/riggap"
	cp "$1/riggap" "$img/usr/bin/"
	cp -a "$RIG_DIR/guest/." "$img/"
	image_pack "$img" "$1/initrd"
	rm -rf "$img"
}

dom0_key() {
	{
		basename "$TREE"
		source_hash images dom0 rigexec
		declare -f make_dom0 image_skeleton image_libs image_fill
	} | hash_of
}

make_dom0() {
	local img=$1/img t=$TREE/root xen p
	image_skeleton "$t" "$img"
	image_fill "$t" "$img" dom0
	make_rigexec "$img/usr/bin/rigexec"
	sed -i 's:/bin/sh$:/bin/bash:' "$img/etc/passwd"
	printf '/bin/sh\n/bin/bash\n' >"$img/etc/shells"
	xen=/usr/lib/xen-4.17/bin
	for p in "$img$xen"/*; do
		ln -s "$xen/${p##*/}" "$img/usr/sbin/${p##*/}"
	done
	mkdir -p "$img/etc/xen" "$img/var/log/xen" "$img/var/lib/xen"
	mkdir -p "$img/var/lib/xenstored" "$img/var/lib/rig" "$img/var/log/rig"
	cp -a "$t/etc/xen/scripts" "$img/etc/xen/"
	cp -a "$RIG_DIR/dom0/." "$img/"
	ln -s /root/.profile "$img/root/.bashrc"
	dom0_keys "$1" "$img"
	(cd "$img/usr/lib/x86_64-linux-gnu" && echo *) >"$1/libs"
	image_pack "$img" "$1/initrd"
	rm -rf "$img"
}

# One host key and one user key per image: made here, so that no time goes
# into it at boot. They are good on the loopback of this machine only.
dom0_keys() {
	local t=$TREE/root dk
	mkdir -p "$2/etc/dropbear" "$2/root/.ssh"
	chmod 700 "$2/root" "$2/root/.ssh"
	dk=("$t/lib64/ld-linux-x86-64.so.2" --library-path
		"$t/lib/x86_64-linux-gnu:$t/usr/lib/x86_64-linux-gnu"
		"$t/usr/bin/dropbearkey")
	"${dk[@]}" -t ed25519 -f "$2/etc/dropbear/dropbear_ed25519_host_key"
	"${dk[@]}" -y -f "$2/etc/dropbear/dropbear_ed25519_host_key" |
		sed -n 's/^ssh-ed25519 \([^ ]*\).*/rig ssh-ed25519 \1/p' \
			>"$1/known_hosts"
	ssh-keygen -q -t ed25519 -N '' -C rig -f "$1/key"
	cp "$1/key.pub" "$2/root/.ssh/authorized_keys"
	chmod 600 "$2/root/.ssh/authorized_keys"
}

# Sets QEMU, TREE, GUEST, DOM0 and KVER; makes what is missing.
# shellcheck disable=SC2034 # for boot.sh and push.sh
images_make() {
	local key
	need mmdebstrap cpio xz zstd depmod modprobe gcc ssh ssh-keygen ip iperf3
	mkdir -p "$CACHE"
	exec 8>"$CACHE/.lock"
	flock -n 8 || { say "another build is under way; waiting"; flock 8; }
	if host_qemu_ok; then
		QEMU=$(command -v qemu-system-x86_64)
	else
		QEMU=$CACHE/qemu-$(qemu_key)/qemu
		cached qemu "$(qemu_key)" make_qemu
	fi
	key=$(tree_key)
	TREE=$CACHE/tree-$key
	cached tree "$key" make_tree
	KVER=$(cat "$TREE/kernel-version")
	key=$(guest_key)
	GUEST=$CACHE/guest-$key
	cached guest "$key" make_guest
	key=$(dom0_key)
	DOM0=$CACHE/dom0-$key
	cached dom0 "$key" make_dom0
	exec 8>&-
}
