# SPDX-License-Identifier: GPL-2.0-only
# Two guests made by xl talk to each other and to the wire; interfaces come and
# go under load; bad vif= lines get a sentence; svnicd dies and nobody notices.

load helpers

setup_file() { rig_start; }
teardown_file() { "$rig" down; }

@test "xl create makes two guests whose vif is Connected" {
	"$rig" guest a --type=svnic
	"$rig" guest b --type=svnic
	until_true 20 "the direct path of a" vif_direct a 0
	until_true 20 "the direct path of b" vif_direct b 0
	run dom0 xl network-list a
	[[ $output == *"/local/domain/0/backend/vif/$(domid a)/0"* ]]
	[ "$(dom0 xenstore-read "$(backend a 0)/state")" = 4 ]
}

@test "guests reach each other and the wire" {
	answers a $B
	answers b $WIRE
}

@test "iperf3 runs both ways, guest to guest" {
	in_guest b 'iperf3 -s -D'
	carries a -c $B
	carries a -c $B -R
}

@test "iperf3 runs both ways, guest to wire" {
	carries a -c $WIRE
	carries a -c $WIRE -R
}

@test "the guest's ethtool knows driver, rings and counters" {
	in_guest a 'ethtool -i eth0' | grep -q '^driver: svnic'
	in_guest a 'ethtool -g eth0' | grep -q '^TX:'
	in_guest a 'ethtool -S eth0' | grep -qi kicks
}

@test "svnic-admin shows the VIF with its domain and counters" {
	run dom0 svnic-admin list
	[ "$status" -eq 0 ]
	[[ $output == *"$(domid a).0"* ]]
	dom0 svnic-admin --json show "$(domid a).0" |
		jq -e '.mac == "00:16:3e:77:00:0b" and .network == "net0"'
	dom0 svnic-admin --json stats "$(domid a).0" | jq -e '.tx_frames > 0'
}

@test "a capture opens in tcpdump and shows whole frames" {
	dom0 "svnic-admin capture $(domid a).0 -w /tmp/a.pcap -c 20 icmp & pid=\$!
		sleep 1; wait \$pid" &
	local capture=$!
	in_guest a ping -n -q -c 30 -i 0.1 -s 1200 $B
	wait $capture
	run dom0 'tcpdump -Z root -n -r /tmp/a.pcap 2>/dev/null'
	[ "$(grep -c 'ICMP echo re' <<<"$output")" -eq 20 ]
	[[ $output == *"length 1208"* ]]
}

# refused LINE SENTENCE: an attach that fails fast, says why, leaves nothing.
refused() {
	local count start
	count=$(vif_count)
	start=$SECONDS
	run dom0 "xl network-attach a $1"
	[ "$status" -ne 0 ]
	echo "$output"
	[[ $output == *"$2"* ]]
	((SECONDS - start < 8))
	[ "$(vif_count)" = "$count" ]
}

@test "a network that does not exist is refused by name" {
	refused 'mac=00:16:3e:77:01:01 bridge=nowhere script=vif-svnic' nowhere
}

@test "a multicast address is refused" {
	refused 'mac=01:16:3e:77:01:01 bridge=net0 script=vif-svnic' 01:16:3e:77:01:01
}

@test "a duplicate address is refused" {
	refused 'mac=00:16:3e:77:00:0c bridge=net0 script=vif-svnic' 00:16:3e:77:00:0c
}

@test "an mtu out of range is refused" {
	refused 'mac=00:16:3e:77:01:01 bridge=net0 script=vif-svnic mtu=20000' mtu
}

@test "a second vif is attached and detached under load" {
	in_guest a "iperf3 -c $B -t 12" &
	local load=$!
	dom0 xl network-attach a mac=00:16:3e:77:02:01 bridge=net0 script=vif-svnic
	until_true 20 "the second vif" connected a 1
	in_guest a 'ip addr add 10.78.0.1/24 dev eth1; ip link set eth1 up'
	until_true 20 "its direct path" vif_direct a 1
	in_guest a 'ip neigh add 10.78.0.2 lladdr 00:16:3e:77:00:0c dev eth1
		ping -q -f -c 2000 -W 1 10.78.0.2 >/dev/null 2>&1 &'
	dom0 xl network-detach a 1
	run dom0 xl network-list a
	[[ $output != *"/vif/$(domid a)/1"* ]]
	[ "$(vif_count)" = 2 ]
	wait $load
	answers a $B
}

# Linux does not see that a vif was replaced while it looked elsewhere; the driver
# finds another backend in InitWait, and perhaps another address.
@test "a vif is replaced behind the guest's back: it connects, with the new address" {
	local new=00:16:3e:77:02:09
	dom0 xl network-attach a mac=00:16:3e:77:02:01 bridge=net0 script=vif-svnic
	until_true 20 "the second vif" connected a 1
	in_guest a 'ip addr add 10.78.0.1/24 dev eth1; ip link set eth1 up'
	until_true 20 "its direct path" vif_direct a 1
	dom0 "xl pause a; xl network-detach a 1
		xl network-attach a mac=$new bridge=net0 script=vif-svnic
		xl unpause a"
	until_true 20 "the other vif" connected a 1
	until_true 20 "the direct path of that" vif_direct a 1
	[ "$(in_guest a cat /sys/class/net/eth1/address)" = $new ]
	in_guest a 'ping -b -q -c 3 -i 0.2 -W 1 10.78.0.255 >/dev/null || true'
	dom0 svnic-admin --json stats a.1 |
		jq -e '.tx_frames >= 3 and .tx_spoofed_mac == 0'
	dom0 xl network-detach a 1
	answers a $B
}

@test "the only vif is detached under its own load, and attached again" {
	in_guest a "iperf3 -c $B -t 30 >/dev/null 2>&1 &"
	sleep 2
	dom0 xl network-detach a 0
	[ "$(vif_count)" = 1 ]
	dom0 xl network-attach a mac=00:16:3e:77:00:0b bridge=net0 script=vif-svnic
	until_true 20 "the vif" connected a 0
	in_guest a 'pkill iperf3; ip addr add 10.77.0.11/24 dev eth0; ip link set eth0 up'
	until_true 20 "the direct path" vif_direct a 0
	answers a $B
}

@test "a driver that lets go while its nodes are written does only that" {
	local be fe
	be=$(backend a 0)
	fe=$(frontend a 0)
	dom0 "end=\$((\$(date +%s) + 15))
		while [ \$(date +%s) -lt \$end ]; do
			xenstore-write $be/carrier 1 $fe/mtu 1500
		done" &
	local writer=$!
	in_guest a 'cd /sys/bus/xen/drivers/svnic_front
		for i in 1 2 3 4 5; do
			echo vif-0 >unbind; echo vif-0 >bind; sleep 2
		done'
	wait $writer
	readdress a 10.77.0.11
	until_true 20 "the direct path" vif_direct a 0
	answers a $B
	run in_guest a dmesg
	[[ $output != *'Call Trace'* ]]
}

@test "a rate holds" {
	local mbps
	"$rig" guest r --type=svnic --vif-opts=rate=20Mb/s
	mbps=$(in_guest r 'iperf3 -c 10.77.0.1 -t 5 -J' |
		jq '.end.sum_received.bits_per_second / 1e6 | floor')
	((mbps < 22 && mbps > 12 / PACE))
	dom0 xl destroy r
}

@test "svnicd is killed and restarted under traffic: no interval without data" {
	in_guest a "iperf3 -c $B -t $((14 * PACE)) -i $((5 * PACE))e-1 -J" \
		>"$BATS_TEST_TMPDIR/iperf.json" &
	local load=$!
	sleep 3
	svnicd_stop KILL
	sleep 4
	svnicd_up
	wait $load
	jq -e '[.intervals[].sum.bytes] | min > 0' "$BATS_TEST_TMPDIR/iperf.json"
	until_true 10 "svnicd to know a's vif again" vif_direct a 0
	[ "$(dom0 xenstore-read "$(backend a 0)/state")" = 4 ]
}

@test "after the restart, interfaces still come and go" {
	dom0 xl network-attach a mac=00:16:3e:77:02:02 bridge=net0 script=vif-svnic
	until_true 20 "the second vif" connected a 1
	dom0 xl network-detach a 1
	[ "$(vif_count)" = 2 ]
}

@test "nonsense keys close that vif with a reason, and no other" {
	"$rig" guest n --type=svnic --mods=none --wait=60
	local fe be
	fe=$(frontend n 0)
	be=$(backend n 0)
	dom0 "xenstore-write $fe/svnic-version 65536 $fe/ctrl-ring-ref 4000000000 \
		$fe/event-channel-ctrl 77777 $fe/state 4"
	until_true 10 "the vif to close" dom0 "[ \$(xenstore-read $be/state) -ge 5 ]"
	[ -n "$(dom0 xenstore-read "$be/svnic-reason")" ]
	dom0 svnic-admin --json show "$(domid n).0" | jq -e '.reason != ""'
	answers a $B
	dom0 xl destroy n
}

@test "xl destroy under load gives everything back" {
	local id
	id=$(domid b)
	in_guest a "iperf3 -c $B -t 20 >/dev/null 2>&1 &"
	sleep 2
	dom0 xl destroy b
	until_true 15 "domain $id to go" dom0 "! xl list $id"
	[ "$(vif_count)" = 1 ]
	until_true 10 "no grant of $id mapped" \
		dom0 "! xl list | grep -q '(null)'"
	answers a $WIRE
}

@test "svnic_pf unloads with a VIF alive and loads again" {
	svnicd_stop TERM
	dom0 rmmod svnic_pf
	dom0 modprobe svnic_pf
	svnicd_up
	dom0 svnic-admin device
}

@test "beside xen-netback an attach says so" {
	dom0 'xl destroy a; xl destroy b; modprobe xen-netback'
	run dom0 'XENBUS_PATH=backend/vif/99/0 /etc/xen/scripts/vif-svnic online'
	[[ $output == *"xen-netback is loaded"* ]]
	dom0 xenstore-rm backend/vif/99
	until_true 5 "a warning" \
		dom0 "grep -q 'xen-netback is loaded' /var/log/svnicd.log"
}

@test "no warning in dom0's kernel" {
	dom0_healthy
}
