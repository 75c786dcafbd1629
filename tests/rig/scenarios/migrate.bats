# SPDX-License-Identifier: GPL-2.0-only
# Guests move with a connection open: xl save and restore, xl migrate to the same
# host, and from svnicd to Linux's netback and back.
#
#   guest s (stock) ---+                        +--- wire0 10.77.0.1, iperf3
#   guest d (direct) --+--- svnicd / card ------+
#                      or --- netback, br0 -----+

load helpers

setup_file() {
	rig_start
	guest_here s --type=stock --mem=160
	guest_here d --type=svnic --mem=160
	until_true 20 "the direct path of d" vif_direct d 0
}
teardown_file() { rig_end; }

# The wire serves one at a time.
teardown() {
	for guest in s d; do
		"$rig" exec -t 10 $guest 'kill -9 $(pidof iperf3) 2>/dev/null'
	done || true
}

# carry GUEST: a connection to the wire, to outlive a move.  carried GUEST: does
# data move now?
carry() {
	in_guest "$1" "iperf3 -c $WIRE -t 600 -b 5M -i 1 --forceflush >/tmp/carry 2>&1 \
			</dev/null &"
	sleep 2
}
carried() {
	in_guest "$1" 'tail -n 3 /tmp/carry' >&2
	in_guest "$1" 'pidof iperf3 >/dev/null && n=$(wc -l </tmp/carry) && sleep 3 &&
		tail -n +$((n + 1)) /tmp/carry | grep -v "0.00 Bytes" | grep -q bits/sec'
}
# The same interface, address and state.
kept() {
	in_guest "$1" ip -4 addr show dev eth0 | grep -q "inet 10.77.0.$2/24"
	[ "$(ifindex "$1")" = "$3" ]
}
ifindex() { in_guest "$1" cat /sys/class/net/eth0/ifindex; }

# moved GUEST NUMBER COMMAND...: the command moves it; its connection goes on.
moved() {
	local guest=$1 number=$2 index
	shift 2
	index=$(ifindex "$guest")
	carry "$guest"
	"$@"
	until_true 30 "$guest to be connected" connected "$guest" 0
	until_true 30 "the connection of $guest" carried "$guest"
	kept "$guest" "$number" "$index"
}

save_restore() { "$rig" save "$1" && "$rig" restore "$1" "${@:2}"; }

@test "xl save -c: a stock guest runs on" {
	moved s 11 "$rig" save s -c
}

@test "xl save -c: a direct guest runs on" {
	moved d 12 "$rig" save d -c
	until_true 20 "the direct path" vif_direct d 0
}

@test "xl save and restore: a stock guest" {
	moved s 11 save_restore s
	[ "$(vif_count)" = 2 ]
}

@test "xl save and restore: a direct guest" {
	moved d 12 save_restore d
	until_true 20 "the direct path" vif_direct d 0
	[ "$(vif_count)" = 2 ]
}

@test "xl migrate: a stock guest" {
	moved s 11 "$rig" migrate s
	[ "$(vif_count)" = 2 ]
}

@test "xl migrate: a direct guest" {
	moved d 12 "$rig" migrate d
	until_true 20 "the direct path" vif_direct d 0
	[ "$(vif_count)" = 2 ]
}

# From a host with svnicd to one with Linux's netback, over the same card's own
# interface, and back.
to_netback() {
	"$rig" save s
	"$rig" save d
	backend_down
	dom0 "rig-bridge $(card_netdev)"
	"$rig" restore s --type=netback
	"$rig" restore d --type=netback
}
to_svnicd() {
	"$rig" save s
	"$rig" save d
	dom0 "ip link set $(card_netdev) nomaster; rmmod xen-netback"
	svnicd_up
	"$rig" restore s --type=svnic
	"$rig" restore d --type=svnic
}

@test "from svnicd to netback: both go on" {
	local s d
	s=$(ifindex s) d=$(ifindex d)
	carry s
	in_guest d 'ping -n 10.77.0.1 >/tmp/ping 2>&1 </dev/null &'
	to_netback
	until_true 30 "s on netback" carried s
	until_true 30 "d on netback" in_guest d ping -qc 1 -W 1 $WIRE
	kept s 11 "$s"
	kept d 12 "$d"
}

@test "from netback to svnicd: both go on, one directly" {
	carry s
	to_svnicd
	until_true 30 "s on svnicd" carried s
	until_true 30 "d on svnicd" in_guest d ping -qc 1 -W 1 $WIRE
	until_true 30 "the direct path" vif_direct d 0
	in_guest d pidof ping
	[ "$(vif_count)" = 2 ]
}

@test "no warning in dom0's kernel" {
	dom0_healthy
}
