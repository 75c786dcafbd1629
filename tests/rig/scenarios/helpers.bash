# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the scenarios share. One rig for a file: booted by its setup_file.

rig=$BATS_TEST_DIRNAME/../rig
# shellcheck source=../lib/svnic.sh
. "$BATS_TEST_DIRNAME/../lib/svnic.sh"
export B=10.77.0.12 WIRE=10.77.0.1

dom0() { "$rig" run "$@"; }
in_guest() { "$rig" exec -t 120 "$@"; }

# until_true SECONDS WHAT COMMAND...: poll; says what was waited for.
until_true() {
	local limit=$((SECONDS + $1)) what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		if ((SECONDS >= limit)); then
			echo "gave up waiting for $what" >&2
			return 1
		fi
		sleep 0.2
	done
}

# answers GUEST ADDRESS: three pings come back.
answers() { in_guest "$1" ping -n -q -c 3 -i 0.2 -W 2 "$2"; }

rig_start() {
	"$rig" up --fresh
	"$rig" push
	backend_up
}

domid() { dom0 xl domid "$1"; }

# frontend GUEST DEVID, backend GUEST DEVID: their XenStore folders.
frontend() { echo "/local/domain/$(domid "$1")/device/vif/$2"; }
backend() { echo "/local/domain/0/backend/vif/$(domid "$1")/$2"; }

# vif_direct GUEST DEVID: the direct path is up.
vif_direct() {
	dom0 svnic-admin --json list |
		jq -e --arg v "$(domid "$1").$2" \
			'any(.[]; .vif == $v and .direct)' >/dev/null
}

vif_count() { dom0 svnic-admin --json list | jq length; }

# Nothing that a guest did may leave a trace of this kind in dom0's kernel.
dom0_healthy() {
	! dom0 dmesg | grep -E 'BUG|WARNING|Oops|Call Trace|general protection'
}
