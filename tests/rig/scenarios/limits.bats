# SPDX-License-Identifier: GPL-2.0-only
# Limits of a running guest on the direct path: by class and by command; they
# act, are counted, and are there still after svnicd and the card's driver were
# restarted.  What the guest itself writes counts for nothing.
#
#   guest a (direct) --- card --- wire0 10.77.0.1

load helpers

setup_file() {
	local file
	rig_start
	file=$(dom0 svnicd --help | sed -n 's/.* instead of //p')
	dom0 "mkdir -p ${file%/*}; cat >$file" <<-END
		networks: {net0: {port: 0, class: silver, speed: 10Gb/s}}
		classes:
		  silver: {weight: 2, storm: 500}
		  gold: {weight: 8, min_rate: 10 Mbit/s, rx_rate: 20 Mbit/s}
	END
	svnicd_again TERM
	guest_here a --type=svnic --mem=160
	until_true 20 "the direct path of a" vif_direct a 0
	serve a
}
teardown_file() { rig_end; }

# limit KEY: of a's VIF, as svnic-admin tells.
limit() { dom0 svnic-admin --json show a.0 | jq -r ".limits.$1"; }
is_limit() { [ "$(limit "$1")" = "$2" ]; }
svnicd_knows() { dom0 svnic-admin show a.0; }

# received SECONDS: Mbit/s that come to a from the wire; TCP.
received() {
	"$rig" wire iperf3 -J -c 10.77.0.11 -t "$1" </dev/null |
		jq '.end.sum_received.bits_per_second / 1e6 | floor'
}

@test "the class of the network holds" {
	is_limit storm 500
	is_limit storm_from class
	is_limit class_from network
	is_limit weight 2
}

@test "a class set on the running guest acts, and is counted" {
	local before after
	before=$(received 3)
	dom0 svnic-admin set a.0 --class=gold
	vif_direct a 0
	after=$(received 5)
	echo "from the wire: $before, then $after Mbit/s"
	[ "$before" -gt $((30 / PACE)) ]
	[ "$after" -lt 25 ]
	[ "$after" -gt 3 ]
	[ "$(limit rx_rate_drops)" -gt 10 ]
	is_limit min_rate 1250000
}

@test "a storm is cut and counted" {
	dom0 svnic-admin set a.0 --storm=20
	in_guest a 'ping -q -b -n -l 200 -c 400 -w 4 10.77.0.255' || :
	[ "$(limit storm_drops)" -gt 50 ]
	answers a $WIRE
}

@test "a guest cannot lift its own limits" {
	dom0 "xenstore-write $(frontend a 0)/svnic-limits storm=0 \
		$(frontend a 0)/rate 0"
	is_limit storm 20
	# Who owns the node may write it: dom0, and not the guest.
	run dom0 "xenstore-ls -p $(backend a 0)"
	[[ $(grep svnic-limits <<<"$output") == *"(n0,r$(domid a))"* ]]
}

@test "more than there is, is refused with the numbers" {
	run dom0 svnic-admin set a.0 --min-rate=11Gb/s
	[ "$status" -eq 1 ]
	[[ $output == *"11Gb/s is more than the 10Gb/s of port 0, which network \"net0\" is on"* ]]
	is_limit min_rate 1250000
}

@test "svnicd killed: the limits are there still, and act" {
	svnicd_again KILL
	until_true 10 "svnicd" svnicd_knows
	is_limit storm 20
	is_limit storm_from vif
	is_limit class_from vif
	[ "$(received 4)" -lt 25 ]
}

@test "another card: the limits are there still, and act" {
	svnicd_stop TERM
	dom0 'rmmod svnic_pf; modprobe svnic_pf'
	svnicd_up
	until_true 30 "the direct path of a" vif_direct a 0
	is_limit storm 20
	[ "$(received 4)" -lt 25 ]
}

@test "taken back, the network's class holds again" {
	dom0 svnic-admin set a.0 --class=default --storm=default
	is_limit class_from network
	is_limit storm 500
	[ "$(received 3)" -gt 30 ]
	run dom0 "xenstore-read $(backend a 0)/svnic-limits"
	[ "$status" -ne 0 ]
}

@test "no warning in dom0's kernel" {
	dom0_healthy
}
