# SPDX-License-Identifier: GPL-2.0-only
# The direct path goes and comes under load, and guests stay connected: svnicd
# takes it away, the card's driver is reloaded, the card goes and comes.
#
#   guest a (direct) ---+                +--- wire0 10.77.0.1
#   guest b (direct) ---+--- card -------+
#   guest s (stock) ----+--- svnicd -----'

load helpers

setup_file() {
	rig_start
	guest_here a --type=svnic --mem=160
	guest_here b --type=svnic --mem=160
	guest_here s --type=stock --mem=160
	for guest in a b; do
		until_true 20 "the direct path of $guest" vif_direct $guest 0
		serve $guest
	done
}
teardown_file() { rig_end; }

not_direct() { ! vif_direct "$@"; }

@test "withdrawn and offered again under load: a handful is lost" {
	local gap
	load_start a
	probe_start a 12
	sleep 3
	dom0 svnic-admin set a.0 --path=netif
	until_true 10 "the slow path" not_direct a 0
	sleep 3
	dom0 svnic-admin set a.0 --path=direct
	until_true 10 "the direct path" vif_direct a 0
	gap=$(probe_end a)
	echo "$gap"
	gap_note withdraw_offer_ms "$(jq .gap_ms <<<"$gap")"
	jq -e '.lost <= 20 and .late <= 20 and .twice == 0' <<<"$gap"
	load_end a
}

@test "without the direct path: pages are mapped, no frame is copied by Xen" {
	local before
	staged a.0 0
	dom0 svnic-admin set a.0 --path=netif
	until_true 10 "the slow path" not_direct a 0
	until_true 10 "768 pages" staged a.0 768
	before=$(copies a.0)
	in_guest a "iperf3 -c $B -t 2 --forceflush && iperf3 -c $B -t 2 -R"
	dom0 svnic-admin --json stats a.0 | jq -e '.netif_staged > 1000'
	[ "$(copies a.0)" = "$before" ]
	# A svnicd that was restarted knows of none, and asks for them.
	svnicd_stop KILL
	svnicd_up
	answers a $B
	until_true 10 "768 pages once more" staged a.0 768
	before=$(copies a.0)
	in_guest a "iperf3 -c $B -t 2 --forceflush"
	[ "$(copies a.0)" = "$before" ]
	dom0 svnic-admin set a.0 --path=direct
	until_true 10 "the direct path" vif_direct a 0
	dom0 svnic-admin set a.0 --path=netif
	until_true 10 "768 pages again" staged a.0 768
	dom0 svnic-admin set a.0 --path=direct
	until_true 10 "the direct path again" vif_direct a 0
	until_true 10 "no page mapped" staged a.0 0
	answers a $B
}

# pf_reload: the card's driver leaves dom0 and comes back, with svnicd restarted.
pf_reload() {
	svnicd_stop TERM
	dom0 'rmmod svnic_pf; modprobe svnic_pf'
	svnicd_up
}

@test "the card's driver is reloaded: all come back by themselves" {
	local index gap
	index=$(in_guest a cat /sys/class/net/eth0/ifindex)
	probe_start a 14
	probe_start s 14
	sleep 2
	pf_reload
	gap=$(probe_end a)
	echo "direct: $gap"
	gap_note pf_reload_direct_ms "$(jq .gap_ms <<<"$gap")"
	gap=$(probe_end s)
	echo "stock: $gap"
	gap_note pf_reload_stock_ms "$(jq .gap_ms <<<"$gap")"
	until_true 30 "the direct path of a" vif_direct a 0
	until_true 30 "the direct path of b" vif_direct b 0
	answers a $B
	answers s $WIRE
	[ "$(in_guest a cat /sys/class/net/eth0/ifindex)" = "$index" ]
}

@test "the card goes and comes under load: connections go on" {
	local gap
	load_start a
	probe_start s 16
	sleep 2
	dom0 'cd /sys/bus/pci/drivers/svnic_pf; card=$(echo 0*)
		echo $card >unbind; sleep 1; echo $card >bind'
	gap=$(probe_end s)
	echo "stock: $gap"
	gap_note card_back_stock_ms "$(jq .gap_ms <<<"$gap")"
	load_end a
	until_true 30 "the direct path of a" vif_direct a 0
	until_true 30 "the direct path of b" vif_direct b 0
	answers a $B
	answers s $WIRE
}

@test "a guest whose pages are mapped is destroyed: nothing of it is left" {
	local id
	id=$(domid a)
	dom0 svnic-admin set a.0 --path=netif
	until_true 20 "768 pages" staged a.0 768
	dom0 xl destroy a
	until_true 15 "domain $id to go" dom0 "! xl list $id"
	until_true 10 "no page of $id mapped" dom0 "! xl list | grep -q '(null)'"
	[ "$(vif_count)" = 2 ]
	dom0 "! xenstore-exists /local/domain/0/backend/vif/$id/0"
}

@test "no warning in dom0's kernel" {
	dom0_healthy
}
