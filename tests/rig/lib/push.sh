# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Brings what was built into the running dom0, and behind the guests' initrd.

# payload_find SOURCE: the files it names, one per line.
payload_find() {
	local base f
	for base in "$RIG_BUILD" "$RIG_TOP"; do
		# shellcheck disable=SC2086 # a pattern
		f=$(cd "$base" && shopt -s globstar nullglob &&
			for f in $1; do [ -f "$f" ] && echo "$base/$f"; done)
		if [ -n "$f" ]; then
			printf '%s\n' "$f"
			return
		fi
	done
}

# libtool leaves a script at the name and the program in .libs.
real_program() {
	local l=${1%/*}/.libs/${1##*/}
	if [ -x "$l" ] && head -c 2 "$1" | grep -q '#!'; then
		printf '%s' "$l"
	else
		printf '%s' "$1"
	fi
}

# stage_libs ROOT FILE: libraries that the image lacks come from this machine.
stage_libs() {
	local name path _
	ldd "$2" 2>/dev/null | while read -r name _ path _; do
		case $path in /*) ;; *) continue ;; esac
		grep -qw -- "$name" "$DOM0/libs" && continue
		mkdir -p "$1/usr/lib/x86_64-linux-gnu"
		cp -nL "$path" "$1/usr/lib/x86_64-linux-gnu/$name"
	done
}

stage_one() {
	local root=$1 f dest=$3
	f=$(real_program "$2")
	case $dest in MODULES/) dest=/lib/modules/$KVER/extra/ ;; esac
	case $dest in */) dest=$dest${2##*/} ;; esac
	# The images have one merged /usr.
	case $dest in /lib/* | /bin/* | /sbin/*) dest=/usr$dest ;; esac
	mkdir -p "$root${dest%/*}"
	cp -L "$f" "$root$dest"
	case $dest in
	*.ko)
		module_check "$f"
		# A guest keeps its initrd in memory.
		strip --strip-debug "$root$dest"
		;;
	*) stage_libs "$root" "$f" ;;
	esac
	STAGED+=("${dest##*/}")
}

module_check() {
	local v
	v=$(modinfo -F vermagic "$1" | cut -d' ' -f1)
	[ "$v" = "$KVER" ] ||
		say "${1##*/} is built for Linux $v, the rig runs $KVER"
}

rig_push() {
	local stage where source dest f w
	STAGED=()
	machine_load
	stage=$(mktemp -d "$RUN/push.XXXXXX") || exit 1
	mkdir "$stage/dom0" "$stage/guest"
	while read -r where source dest; do
		case $where in
		'' | '#'*) continue ;;
		dom0 | guest) w=$where ;;
		both) w="dom0 guest" ;;
		*) die "$RIG_DIR/payload: '$where': want dom0, guest or both" ;;
		esac
		[ -n "$(payload_find "$source")" ] || say "push: no $source yet"
		for f in $(payload_find "$source"); do
			for where in $w; do
				stage_one "$stage/$where" "$f" "$dest"
			done
		done
	done < <(cat "$RIG_DIR/payload" "${RIG_PAYLOAD:-/dev/null}")
	if [ -n "$(ls -A "$stage/guest")" ]; then
		mkdir -p "$stage/dom0/var/lib/rig"
		(cd "$stage/guest" && find . -print0 |
			cpio --quiet -0 -o -H newc -R 0:0) \
			>"$stage/dom0/var/lib/rig/extra.cpio"
	fi
	(cd "$stage/dom0" && tar c --owner=0 --group=0 .) |
		"${SSH[@]}" 'tar x -m -C / && { [ ! -d /lib/modules/*/extra ] ||
			depmod; }' || die "push failed"
	rm -rf "$stage"
	say "pushed ${#STAGED[@]} files: ${STAGED[*]:-}"
}
