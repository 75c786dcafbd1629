# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Which files the checks of style read; sourced by each, in the source tree.
# There may be a build in it: what that makes is left out.

set -u
cd "${top_srcdir:-$(dirname "$0")/../..}" || exit 99
folders="include device-firmware backend frontend tools tests"

# shellcheck disable=SC2086 # a list of folders
sources() { # FIND-CONDITION...
	find $folders -path tools/build-aux -prune -o -path tools/m4 -prune \
		-o -type f "$@" ! -name '*.mod.c' -print | LC_ALL=C sort
}

c_files() { sources -name '*.[ch]'; }

shell_files() {
	for f in quickstart .ci/run $(sources -size -100k ! -name '*.[choad]' \
		! -path '*/corpus/*'); do
		case $f in
		*.sh | *.bash | *.bats) echo "$f" ;;
		*) sed -n '1{/^#!.*sh$/F;q}' "$f" ;;
		esac
	done
}

# need PROGRAM: or the check is skipped.
need() {
	command -v "$1" >/dev/null && return 0
	echo "skipped: no $1"
	exit 77
}
