# SPDX-License-Identifier: GPL-2.0-only
# A guest with two processors has two queue pairs on the card: both carry
# traffic, the table decides which flow comes through which, and all that
# happens to a guest with one happens to both together.
#
#   guest a, one queue pair ----+--- card --- wire0 10.77.0.1
#   guest q, two queue pairs ---'

load helpers

A=10.77.0.11

setup_file() {
	rig_start
	guest_here a --mem=160
	guest_here q --mem=192 --vcpus=2 --cpus=1-2
	for guest in a q; do
		until_true 20 "the direct path of $guest" vif_direct $guest 0
		serve $guest
	done
}
teardown_file() { rig_end; }

teardown() {
	for guest in a q; do
		"$rig" exec -t 10 $guest 'kill -9 $(pidof iperf3) 2>/dev/null
			ethtool -X eth0 default 2>/dev/null
			iperf3 -s -D'
	done || true
}

# counter NAME: of q's interface.
counter() {
	in_guest q ethtool -S eth0 | awk -v n="$1:" '$1 == n { print $2 }'
}

# moved COMMAND...: sets MOVED to how far each of the queues' counters went.
moved() {
	local name names='q0_tx_frames q1_tx_frames q0_rx_frames q1_rx_frames'
	local -A before
	for name in $names; do before[$name]=$(counter $name); done
	"$@" || return 1
	MOVED=()
	for name in $names; do
		MOVED+=($(($(counter $name) - before[$name])))
	done
	echo "tx ${MOVED[0]} ${MOVED[1]}, rx ${MOVED[2]} ${MOVED[3]}"
}

# running: the numbers of q's queues on the card that the guest has.
running() {
	dom0 svnic-admin --json show q.0 | jq -c '[.queues[] |
		select(.queue < 8 and .state == "running") | .queue]'
}
has_running() { [ "$(running)" = "$1" ]; }
combined() {
	in_guest q ethtool -l eth0 | awk '/^Combined/ { n = $2 } END { print n }'
}
# Connections from q to a or (-R) back, so many that each queue gets some: the
# guest's kernel deals ports out in a row, and of eight in a row one in ten
# rows has its hashes all even or all odd; of 24 at least 8 are of either.
streams() { in_guest q "iperf3 -c $A -P 24 -t 3 $*" >/dev/null; }

@test "two processors, two queue pairs; idle they cost what one costs" {
	local one two
	has_running '[0,1]'
	[ "$(combined)" = 2 ]
	one=$(dom0 svnic-admin --json show a.0 | jq .pages)
	two=$(dom0 svnic-admin --json show q.0 | jq .pages)
	echo "$one pages with one, $two with two"
	((two <= one + 64))
}

@test "both queues carry traffic, both ways" {
	moved streams
	((MOVED[0] > 100 && MOVED[1] > 100))
	moved streams -R
	((MOVED[2] > 100 && MOVED[3] > 100))
}

@test "ethtool -x, -n: the table, the key, what is hashed" {
	local show
	show=$(in_guest q ethtool -x eth0)
	echo "$show"
	grep -q '2 RX ring' <<<"$show"
	grep -q 'toeplitz: on' <<<"$show"
	grep -qi '6d:5a:56:da' <<<"$show"
	grep -Eq '^ *0: +0 +1 +0 +1' <<<"$show"
	in_guest q ethtool -n eth0 rx-flow-hash tcp4 | grep -q 'L4 bytes 2 & 3'
	run in_guest q ethtool -n eth0 rx-flow-hash sctp4
	[[ $output == *'IP SA'* && $output != *'L4 bytes'* ]]
}

@test "ethtool -X moves the flows" {
	in_guest q ethtool -X eth0 equal 1
	moved streams -R
	((MOVED[2] > 100 && MOVED[3] < 50))
	in_guest q ethtool -X eth0 weight 0 1
	moved streams -R
	((MOVED[2] < 50 && MOVED[3] > 100))
	in_guest q "ethtool -X eth0 hkey $(printf '%02x:' {1..39})28"
	in_guest q ethtool -x eth0 | grep -q '01:02:03:04'
	in_guest q ethtool -X eth0 equal 2
	moved streams -R
	((MOVED[2] > 100 && MOVED[3] > 100))
	run in_guest q ethtool -X eth0 equal 3
	[ "$status" -ne 0 ]
	in_guest q ethtool -X eth0 default
	in_guest q ethtool -X eth0 hkey \
		6d:5a:56:da:25:5b:0e:c2:41:67:25:3d:43:a3:8f:b0:d0:ca:2b:cb:ae:7b:30:b4:77:cb:2d:a3:80:30:f2:0c:6a:42:b7:3b:be:ac:01:fa
}

@test "ethtool -L under load: one queue, two queues, no pause to speak of" {
	local gap
	load_start q $A
	probe_start q 12 $A
	sleep 2
	for _ in 1 2 3; do
		in_guest q ethtool -L eth0 combined 1
		until_true 5 "one queue" has_running '[0]'
		[ "$(combined)" = 1 ]
		sleep 1
		in_guest q ethtool -L eth0 combined 2
		until_true 5 "two queues" has_running '[0,1]'
		[ "$(combined)" = 2 ]
		sleep 1
	done
	gap=$(probe_end q)
	echo "$gap"
	gap_note channels_ms "$(jq .gap_ms <<<"$gap")"
	load_end q
	run in_guest q ethtool -L eth0 combined 3
	[ "$status" -ne 0 ]
	moved streams
	((MOVED[0] > 100 && MOVED[1] > 100))
}

@test "withdrawn and offered again under load: both queues go and come" {
	load_start q $A
	sleep 2
	dom0 svnic-admin set q.0 --path=netif
	until_true 10 "no queue" has_running '[]'
	sleep 2
	dom0 svnic-admin set q.0 --path=direct
	until_true 10 "two queues" has_running '[0,1]'
	load_end q
}

@test "svnicd killed and started under load: neither queue notices" {
	local gap resets
	resets=$(($(counter q0_resets) + $(counter q1_resets)))
	load_start q $A
	probe_start q 8 $A
	sleep 2
	svnicd_again KILL
	gap=$(probe_end q)
	echo "$gap"
	gap_note svnicd_two_queues_ms "$(jq .gap_ms <<<"$gap")"
	load_end q
	until_true 10 "svnicd" has_running '[0,1]'
	(($(counter q0_resets) + $(counter q1_resets) == resets))
	in_guest q ethtool -X eth0 equal 1
	in_guest q ethtool -X eth0 default
}

@test "a vif with two queues is detached under load, and comes again" {
	for _ in 1 2; do
		dom0 xl network-attach q mac=00:16:3e:77:04:01 bridge=net0 \
			script=vif-svnic
		dom0 xl network-attach a mac=00:16:3e:77:04:02 bridge=net0 \
			script=vif-svnic
		until_true 20 "the second vif" connected q 1
		until_true 20 "the second vif" connected a 1
		in_guest q 'ip addr add 10.78.0.1/24 dev eth1; ip link set eth1 up'
		in_guest a 'ip addr add 10.78.0.2/24 dev eth1; ip link set eth1 up'
		until_true 20 "its direct path" vif_direct q 1
		in_guest q 'ping -n -q -c 3 -i 0.2 -W 2 10.78.0.2'
		in_guest q 'iperf3 -c 10.78.0.2 -P 4 -t 20 >/dev/null 2>&1 </dev/null &'
		sleep 2
		dom0 xl network-detach q 1
		dom0 xl network-detach a 1
		in_guest q 'kill -9 $(pidof iperf3); ! ip link show eth1 2>/dev/null
			iperf3 -s -D'
	done
	[ "$(vif_count)" = 2 ]
	answers q $A
}

@test "xl save and restore: two queues again" {
	local index
	index=$(in_guest q cat /sys/class/net/eth0/ifindex)
	in_guest q "ping -n $A >/tmp/ping 2>&1 </dev/null &"
	"$rig" save q
	"$rig" restore q
	until_true 30 "two queues" has_running '[0,1]'
	until_true 10 "the way to a" in_guest q ping -qc 1 -W 1 $A
	in_guest q 'kill -INT $(pidof ping)'
	[ "$(in_guest q cat /sys/class/net/eth0/ifindex)" = "$index" ]
	[ "$(combined)" = 2 ]
	moved streams
	((MOVED[0] > 100 && MOVED[1] > 100))
}

@test "without the direct path the pages of both queues are mapped, until xl save" {
	local before
	dom0 svnic-admin set q.0 --path=netif
	until_true 20 "1536 pages" staged q.0 1536
	before=$(copies q.0)
	streams
	streams -R
	[ "$(copies q.0)" = "$before" ]
	"$rig" save q
	until_true 10 "no page mapped" dom0 "! xl list | grep -q '(null)'"
	"$rig" restore q
	until_true 30 "two queues" has_running '[0,1]'
	until_true 10 "the way to a" in_guest q ping -qc 1 -W 1 $A
	staged q.0 0
}

@test "no warning in any kernel" {
	dom0_healthy
	for guest in a q; do
		! in_guest $guest dmesg |
			grep -E 'BUG|WARNING|Oops|Call Trace|general protection'
	done
}
