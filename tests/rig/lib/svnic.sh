# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The backend inside a running rig, for the demo and the scenarios. Wants $rig.

note() { printf '%s\n' "$*" >&2; }

# svnicd_up: start the daemon in dom0 and wait until it knows the card.
svnicd_up() {
	"$rig" run 'svnicd --foreground </dev/null >>/var/log/svnicd.log 2>&1 &
		echo $! >/run/svnicd.pid
		n=0
		until svnic-admin device >/dev/null 2>&1; do
			kill -0 "$(cat /run/svnicd.pid)" 2>/dev/null && [ $n -lt 100 ] || {
				echo "svnicd does not answer:" >&2
				tail -n 20 /var/log/svnicd.log >&2
				exit 1
			}
			n=$((n + 1))
			usleep 100000
		done'
}

backend_up() {
	"$rig" run modprobe svnic_pf
	svnicd_up
}

# svnicd_stop SIGNAL: and wait until it is gone.
svnicd_stop() {
	"$rig" run "pid=\$(cat /run/svnicd.pid) && kill -$1 \$pid
		while kill -0 \$pid 2>/dev/null; do usleep 20000; done"
}

backend_down() {
	svnicd_stop TERM
}

# The interface that dom0 itself has on the card.
card_netdev() {
	"$rig" run 'for d in /sys/class/net/*/device/driver; do
		[ "$(basename "$(readlink "$d")")" = svnic_pf ] || continue
		d=${d%/device/driver}; echo "${d##*/}"; break; done'
}
