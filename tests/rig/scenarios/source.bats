# SPDX-License-Identifier: GPL-2.0-only
# A vif= line with ip=: the guest is heard as these addresses only, on the direct
# path and on netif, over restarts of svnicd and of the card's driver; what is no
# address is refused by xl in words.
#
#   guest a (direct), guest b (stock) --- card --- wire0 10.77.0.1

load helpers

setup_file() {
	rig_start
	guest_here a --type=svnic --mem=160 \
		'--vif-opts=ip=10.77.0.11 fd77::11'
	guest_here b --type=stock --mem=160 --vif-opts=ip=10.77.0.12
	until_true 20 "the direct path of a" vif_direct a 0
}
teardown_file() { rig_end; }

svnicd_knows() { dom0 svnic-admin show a.0; }
addresses() { dom0 svnic-admin --json show "$1.0" | jq -r '.ip | join(" ")'; }
has_addresses() { [ "$(addresses "$1")" = "$2" ]; }
spoofed() { dom0 svnic-admin --json stats "$1.0" | jq .tx_spoofed_ip; }

# lies GUEST: a ping as 10.77.0.99, to which nobody answers.
lies() {
	local before
	before=$(spoofed "$1")
	in_guest "$1" 'ip addr replace 10.77.0.99/24 dev eth0
		! ping -n -q -c 2 -i 0.2 -W 1 -I 10.77.0.99 10.77.0.1'
	[ "$(spoofed "$1")" -gt "$before" ]
}

# holds GUEST: what is right passes, what is not does not.
holds() {
	answers "$1" $WIRE
	lies "$1"
	answers "$1" $WIRE
}

@test "a guest is heard as itself only" {
	[ "$(addresses a)" = "10.77.0.11 fd77::11" ]
	[ "$(spoofed a)" = 0 ]
	holds a
	vif_direct a 0
}

@test "a stock guest likewise" {
	[ "$(addresses b)" = 10.77.0.12 ]
	holds b
}

refused() {
	run dom0 "xl network-attach a mac=00:16:3e:77:09:01 bridge=net0 \
		script=vif-svnic 'ip=$1'"
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *"$2"* ]]
	[ "$(vif_count)" = 2 ]
}

@test "what is no address is refused in words" {
	refused 10.77.0 '"10.77.0" is no IPv4 or IPv6 address'
	refused 10.77.0.5/24 "10.77.0.0/24 for all"
}

@test "another list on the running guest" {
	dom0 svnic-admin set a.0 --ip=none
	in_guest a 'ip addr replace 10.77.0.99/24 dev eth0
		ping -n -q -c 3 -i 0.2 -W 2 -I 10.77.0.99 10.77.0.1'
	run value a 0 ip
	[ "$status" -ne 0 ]
	dom0 "xenstore-write $(backend a 0)/ip '10.77.0.11 10.77.7.0/24'"
	until_true 5 "the key" has_addresses a "10.77.0.11 10.77.7.0/24"
	holds a
	dom0 svnic-admin set a.0 "--ip=10.77.0.11,fd77::/64"
	[ "$(value a 0 ip)" = "10.77.0.11 fd77::/64" ]
}

@test "a guest cannot change it" {
	dom0 "xenstore-write $(frontend a 0)/ip 10.77.0.99"
	sleep 1
	holds a
}

@test "svnicd killed: the list holds" {
	svnicd_again KILL
	until_true 10 "svnicd" svnicd_knows
	[ "$(addresses a)" = "10.77.0.11 fd77::/64" ]
	holds a
	holds b
}

@test "another card: the list holds" {
	svnicd_stop TERM
	dom0 'rmmod svnic_pf; modprobe svnic_pf'
	svnicd_up
	until_true 30 "the direct path of a" vif_direct a 0
	holds a
	holds b
}

@test "no warning in dom0's kernel" {
	dom0_healthy
}
