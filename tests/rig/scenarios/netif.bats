# SPDX-License-Identifier: GPL-2.0-only
# Guests with nothing but Debian's xen-netfront on svnicd's netif path: all that
# xl does with an interface, all kinds of frames, and svnicd that dies.
#
#   guest a (stock) ---+                        +--- wire0 10.77.0.1
#   guest b (stock) ---+--- svnicd -- card -----+
#   guest d (direct) --+-------------- ' (its own doorbell)

load helpers

D=10.77.0.13

setup_file() {
	rig_start
	guest_here a --type=stock --mem=160
	guest_here b --type=stock --mem=160
	guest_here d --type=svnic --mem=160
	for guest in a b d; do
		serve $guest
	done
}
teardown_file() { rig_end; }

# What a test that failed left behind shall not fail those after it.
setup() {
	dom0 'for g in a b; do
		xenstore-read "/local/domain/0/backend/vif/$(xl domid $g)/1/state" &&
			xl network-detach $g 1
	done' >/dev/null 2>&1 || :
}

@test "stock guests are connected, with Debian's driver alone" {
	until_true 20 "a's vif" connected a 0
	until_true 20 "b's vif" connected b 0
	in_guest a 'grep -q ^xen_netfront /proc/modules'
	in_guest a '! grep -q ^svnic /proc/modules'
	in_guest a ethtool -i eth0 | grep -q '^driver: vif'
}

@test "ping: stock to stock, to direct, to the wire" {
	answers a $B
	answers a $D
	answers a $WIRE
	answers d $B
}

@test "TCP both ways: stock to stock" {
	carries a -c $B
	carries a -c $B -R
}

@test "TCP both ways: stock to the wire" {
	carries a -c $WIRE
	carries a -c $WIRE -R
}

@test "TCP both ways: stock to direct" {
	until_true 20 "d's direct path" vif_direct d 0
	carries a -c $D
	carries a -c $D -R
}

@test "TCP over IPv6 both ways, segmented by the card or not" {
	in_guest a 'ip addr add fd77::11/64 dev eth0 nodad'
	in_guest b 'ip addr add fd77::12/64 dev eth0 nodad'
	carries a -c fd77::12
	carries a -c fd77::12 -R
	in_guest a 'ethtool -K eth0 tso off gso off tx off'
	carries a -c fd77::12
	in_guest a 'ethtool -K eth0 tx on gso on tso on'
}

@test "datagrams of 30,000 octets: fragments in many slots" {
	in_guest a ping -n -q -c 20 -i 0.1 -s 30000 -W 10 $B | grep ' 0% packet loss'
	in_guest a ping -n -q -c 20 -i 0.1 -s 30000 -W 10 $WIRE | grep ' 0% packet loss'
}

@test "small datagrams arrive whole and in order" {
	run in_guest a riggap probe $B 5202 3
	echo "$output"
	jq -e '.lost <= 5 and .late == 0 and .twice == 0' <<<"$output"
}

# groups_come MIN MAX: how many of 40 frames for a group come to d's VIF.
groups_come() {
	local before after
	sleep 0.3
	before=$(dom0 svnic-admin --json stats d.0 | jq .rx_frames)
	"$rig" wire ping -n -q -c 40 -i 0.02 -W 1 -I wire0 239.1.2.3 || :
	after=$(dom0 svnic-admin --json stats d.0 | jq .rx_frames)
	echo "$((after - before)) frames came, $1 to $2 should"
	[ $((after - before)) -ge "$1" ] && [ $((after - before)) -le "$2" ]
}

@test "svnic_front gets the groups that it joined, by either path" {
	local group=01:00:5e:01:02:03 path
	for path in netif direct; do
		dom0 svnic-admin set d.0 --path=$path
		[ $path = netif ] || until_true 70 "d's direct path" vif_direct d 0
		sleep 1
		groups_come 0 15
		in_guest d ip maddr add $group dev eth0
		groups_come 40 60
		in_guest d ip maddr del $group dev eth0
		groups_come 0 15
		in_guest d ip link set eth0 allmulticast on
		groups_come 40 60
		in_guest d ip link set eth0 allmulticast off
		# More than fit: all.
		in_guest d 'for i in $(seq 10 80); do
			ip maddr add 33:33:00:00:00:$i dev eth0; done'
		groups_come 40 60
		in_guest d 'for i in $(seq 10 80); do
			ip maddr del 33:33:00:00:00:$i dev eth0; done'
		groups_come 0 15
	done
	svnicd_again KILL
	until_true 20 "svnicd's answer" dom0 svnic-admin device
	groups_come 0 15
	in_guest d ip maddr add $group dev eth0
	groups_come 40 60
	in_guest d ip maddr del $group dev eth0
}

@test "a second vif of 9000 octets is attached under load, used, detached" {
	load_start a
	dom0 xl network-attach a mac=00:16:3e:77:02:01 bridge=net0 \
		script=vif-svnic mtu=9000
	dom0 xl network-attach b mac=00:16:3e:77:02:02 bridge=net0 \
		script=vif-svnic mtu=9000
	for guest in a b; do
		until_true 20 "the second vif of $guest" connected $guest 1
	done
	in_guest a 'ip addr add 10.78.0.1/24 dev eth1; ip link set eth1 mtu 9000 up'
	in_guest b 'ip addr add 10.78.0.2/24 dev eth1; ip link set eth1 mtu 9000 up'
	# Both interfaces of a guest are in one network, and Linux answers for the
	# address of one by the other, whose mtu is 1500.
	in_guest a ip neigh replace 10.78.0.2 lladdr 00:16:3e:77:02:02 dev eth1
	in_guest b ip neigh replace 10.78.0.1 lladdr 00:16:3e:77:02:01 dev eth1
	answers a 10.78.0.2
	# The load may delay them, but lose none.
	in_guest a ping -n -q -c 5 -i 0.2 -M "do" -s 8900 -W 10 10.78.0.2 |
		grep ' 0% packet loss'
	dom0 xl network-detach a 1
	dom0 xl network-detach b 1
	[ "$(vif_count)" = 3 ]
	load_end a
}

@test "the only vif is detached under its own load, and attached again" {
	in_guest a "iperf3 -c $B -t 30 >/dev/null 2>&1 &"
	sleep 1
	dom0 xl network-detach a 0
	[ "$(vif_count)" = 2 ]
	dom0 xl network-attach a mac=00:16:3e:77:00:0b bridge=net0 script=vif-svnic
	until_true 20 "the vif" connected a 0
	readdress a 10.77.0.11
	serve b
	answers a $B
}

# mbps_to_wire SECONDS: what a gets there.
mbps_to_wire() {
	in_guest a "iperf3 -c $WIRE -t $1 -J" |
		jq '.end.sum_received.bits_per_second / 1e6 | floor'
}

@test "a rate comes and goes while the vif is in use" {
	local be mbps
	be=$(backend a 0)
	# TCP shall not remember the slow path when it is no longer slow.
	in_guest a 'echo 1 >/proc/sys/net/ipv4/tcp_no_metrics_save'
	dom0 "xenstore-write $be/rate 62500,50000" # 10 Mbit/s
	sleep 1
	mbps=$(mbps_to_wire 4)
	((mbps < 12 && mbps > 5 / PACE))
	dom0 "xenstore-rm $be/rate"
	sleep 1
	(($(mbps_to_wire 2) > 20 / PACE))
}

@test "two queues for two processors" {
	"$rig" guest m --type=stock --vcpus=2 --mem=192
	[ "$(dom0 xenstore-read "$(frontend m 0)/multi-queue-num-queues")" = 2 ]
	in_guest m 'test -d /sys/class/net/eth0/queues/rx-1'
	carries m -c $B -P 4
	carries m -c $B -P 4 -R
}

@test "xl destroy under load gives everything back" {
	local id
	id=$(domid m)
	in_guest m "iperf3 -c $B -t 20 >/dev/null 2>&1 &"
	sleep 1
	dom0 xl destroy m
	until_true 15 "domain $id to go" dom0 "! xl list $id"
	until_true 10 "no grant mapped" dom0 "! xl list | grep -q '(null)'"
	[ "$(vif_count)" = 3 ]
	serve b
}

@test "xl pause and unpause under load" {
	load_start a
	sleep 1
	dom0 'xl pause a; sleep 2; xl unpause a'
	load_end a
}

@test "svnic-admin shows a stock guest: state, counters, capture" {
	dom0 svnic-admin --json show a.0 | jq -e '.state == "connected" and
		(.direct | not) and .faults == 0'
	dom0 svnic-admin --json stats a.0 | jq -e '.tx_frames > 0 and .rx_frames > 0'
	dom0 "svnic-admin capture a.0 -w /tmp/a.pcap -c 20 icmp & pid=\$!
		sleep 1; wait \$pid" &
	local capture=$!
	in_guest a ping -n -q -c 30 -i 0.1 -s 1200 $B
	wait $capture
	run dom0 'tcpdump -Z root -n -r /tmp/a.pcap 2>/dev/null'
	[ "$(grep -c 'ICMP echo re' <<<"$output")" -eq 20 ]
}

@test "svnicd is killed and started under load: a pause, nothing lost" {
	local index gap
	index=$(in_guest a cat /sys/class/net/eth0/ifindex)
	load_start a
	probe_start a 8
	probe_start d 8
	sleep 2
	svnicd_again KILL
	gap=$(probe_end a)
	echo "stock: $gap"
	gap_note svnicd_restart_stock_ms "$(jq .gap_ms <<<"$gap")"
	gap_within 3000 "$gap"
	gap=$(probe_end d)
	echo "direct: $gap"
	gap_note svnicd_restart_direct_ms "$(jq .gap_ms <<<"$gap")"
	gap_within 1000 "$gap"
	few_lost "$gap"
	load_end a
	[ "$(in_guest a cat /sys/class/net/eth0/ifindex)" = "$index" ]
	connected a 0
}

@test "svnicd is stopped and started under load, as for an upgrade" {
	local gap
	load_start a
	probe_start a 6
	sleep 2
	svnicd_again TERM
	gap=$(probe_end a)
	echo "$gap"
	gap_note svnicd_upgrade_stock_ms "$(jq .gap_ms <<<"$gap")"
	gap_within 3000 "$gap"
	load_end a
}

@test "svnicd is killed ten times under load" {
	local gap
	load_start a
	probe_start a 22
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		svnicd_again KILL
		sleep 1.5
	done
	gap=$(probe_end a)
	echo "$gap"
	gap_note svnicd_kill_loop_stock_ms "$(jq .gap_ms <<<"$gap")"
	gap_within 5000 "$gap"
	load_end a
	answers d $B
	[ "$(vif_count)" = 3 ]
}

@test "with a standby: the svnicd that serves is killed, ten times, and upgraded" {
	local gap serving
	svnicd_with --standby
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		svnicd_waits
		probe_start a 3
		probe_start d 3
		sleep 1
		serving=$(dom0 pidof svnicd-serving)
		dom0 "kill -9 $serving"
		gap=$(probe_end a)
		echo "stock: $gap"
		gap_note svnicd_standby_stock_ms "$(jq .gap_ms <<<"$gap")"
		gap_within 2000 "$gap"
		gap=$(probe_end d)
		echo "direct: $gap"
		gap_note svnicd_standby_direct_ms "$(jq .gap_ms <<<"$gap")"
		gap_within 1000 "$gap"
	few_lost "$gap"
		[ "$(dom0 pidof svnicd-serving)" != "$serving" ]
	done
	svnicd_waits
	probe_start a 5
	sleep 1
	dom0 'kill -USR2 $(cat /run/svnicd.pid)'
	gap=$(probe_end a)
	echo "upgrade: $gap"
	gap_note svnicd_standby_upgrade_ms "$(jq .gap_ms <<<"$gap")"
	gap_within 2000 "$gap"
	dom0 'grep -q "upgrade: .*svnicd is executed" /var/log/svnicd.log'
	connected a 0
	until_true 20 "svnicd's answer" dom0 svnic-admin device
	[ "$(vif_count)" = 3 ]
	svnicd_with
}

@test "the guest's driver is unbound and bound" {
	in_guest a 'echo vif-0 >/sys/bus/xen/drivers/vif/unbind; sleep 1
		echo vif-0 >/sys/bus/xen/drivers/vif/bind'
	until_true 20 "a's vif" connected a 0
	readdress a 10.77.0.11
	answers a $B
}

# What a kernel finds that was started without the old one's goodbye; Linux's
# netfront then sees the backend close and does so too.
@test "a frontend starts anew without having closed" {
	dom0 "xenstore-write $(frontend a 0)/state 1"
	until_true 10 "svnicd to see it" dom0 \
		"grep -q '$(domid a).0: connected -> waiting' /var/log/svnicd.log"
	in_guest a 'echo vif-0 >/sys/bus/xen/drivers/vif/unbind; sleep 1
		echo vif-0 >/sys/bus/xen/drivers/vif/bind'
	until_true 20 "a's vif" connected a 0
	readdress a 10.77.0.11
	answers a $B
}

@test "xl reboot, and a guest that crashes and is restarted" {
	local id
	"$rig" guest k --type=stock --mem=160 --on-crash=restart
	id=$(domid k)
	dom0 xl reboot k
	until_true 40 "another domain" eval '[ "$(domid k)" -gt "$id" ]'
	until_true 40 "its network" in_guest k ping -qc 1 -W 1 $WIRE
	id=$(domid k)
	in_guest k '(sleep 1; echo c >/proc/sysrq-trigger) </dev/null >/dev/null 2>&1 &'
	until_true 40 "another domain" eval '[ "$(domid k)" -gt "$id" ]'
	until_true 40 "its network" in_guest k ping -qc 1 -W 1 $WIRE
	dom0 xl destroy k
	until_true 10 "its vif to go" eval '[ "$(vif_count)" = 3 ]'
}

@test "no warning in dom0's kernel" {
	dom0_healthy
}
