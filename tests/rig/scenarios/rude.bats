# SPDX-License-Identifier: GPL-2.0-only
# A guest that attacks (tests/rig/rude), beside two that talk to each other all
# the time.  Only the rude one may notice.
#
#   guest a ---+                        +--- wire0: broadcasts, 20 a second
#   guest b ---+--- card --- svw0 ------+    (what is wrong with a receive buffer
#   guest r ---+    net0                     shows when a frame comes for it)

load helpers

R=00:16:3e:77:00:0d

# The rude guest loads its module only when all run.
setup_file() {
	rig_start
	"$rig" guest a
	"$rig" guest b
	"$rig" guest r --mods=none
	until_true 20 "the direct path of a" vif_direct a 0
	until_true 20 "the direct path of b" vif_direct b 0
	in_guest b 'iperf3 -s -D'
	others_start a
}

teardown_file() {
	others_end
	"$rig" down
}

dom0_lines() { dom0 'dmesg | wc -l'; }
svnicd_lines() { dom0 'wc -l </var/log/svnicd.log'; }

@test "every attack ends as it should" {
	dom0_lines >"$BATS_FILE_TMPDIR/dmesg"
	svnicd_lines >"$BATS_FILE_TMPDIR/svnicd"
	in_guest r loadmod svnic_rude
	rude_end
	run rude_lines
	echo "$output" | grep -v '^ok'
	[[ $output != *FAILED* ]]
	[ "$(grep -c '^ok' <<<"$output")" -ge 140 ]
	[[ $output == *' passed, 0 failed'* ]]
}

# A control page that is withdrawn is missed by whichever side comes first.
@test "each verdict was counted for the vif that earned it" {
	run dom0 svnic-admin --json stats r.0
	echo "$output"
	jq -e '.tx_bad_page >= 4 and .tx_bad_length >= 7 and
		.tx_bad_chain >= 9 and .tx_bad_index >= 3 and
		.tx_bad_ring >= 1 and .rx_bad_page >= 3 and
		.rx_bad_length >= 4 and .rx_bad_index >= 3 and
		.rx_read_only >= 1 and .rx_bad_ring >= 1 and
		.tx_bad_ring + .rx_bad_ring >= 3 and .faults >= 38' \
		<<<"$output"
	jq -e '.tx_spoofed_mac >= 4 and .tx_link_local >= 5 and
		.tx_spoofed_vlan >= 4 and .tx_runt >= 2 and
		.tx_oversize >= 3 and .tx_bad_offload >= 11' <<<"$output"
}

@test "nothing of it was counted for the others" {
	for guest in a b; do
		dom0 svnic-admin --json show $guest.0 | jq -e '
			.faults == 0 and .state == "connected" and .direct and
			(.tx_verdicts | keys - ["delivered", "wire",
				"duplicated", "no_buffer"] == [])'
	done
}

@test "svnic-admin and XenStore say why the vif was closed" {
	dom0 svnic-admin --json show r.0 | jq -e '.state == "closed" and
		.pages == 0 and .queues == [] and .fault != "" and
		(.reason | contains("control ring holds an impossible index"))'
	dom0 svnic-admin list | grep 'impossible index'
	dom0 xenstore-read "$(backend r 0)/svnic-reason" | grep impossible
}

comes() {
	dom0 xl network-attach r mac=00:16:3e:77:03:01 bridge=net0 \
		script=vif-svnic
}
has_come() { dom0 xenstore-exists "$(frontend r 1)/rude"; }
has_gone() { in_guest r '[ ! -e /sys/bus/xen/devices/vif-1 ]'; }

# Two rounds of every manner; then, without waiting, as fast as xl goes.  Linux
# does not see that a vif was replaced while it looked elsewhere, so the two
# rounds wait for the guest both ways.
@test "vifs of the rude guest come and go, 20 times" {
	local i
	for i in {1..14}; do
		comes
		until_true 15 "manners $i" has_come || {
			rude_lines | tail -n 3
			false
		}
		dom0 xl network-detach r 1
		until_true 15 "the guest to see vif 1 go" has_gone
	done
	for i in {15..20}; do
		comes
		dom0 xl network-detach r 1
	done
	run in_guest r 'dmesg | grep "rude: .*manners"'
	echo "$output"
	[[ $output != *FAILED* ]]
	[ "$(grep -c 'ok manners' <<<"$output")" -ge 14 ]
	[ "$(vif_count)" = 3 ]
}

@test "after xl destroy nothing of the rude guest is left" {
	local id
	id=$(domid r)
	dom0 xl destroy r
	until_true 15 "domain $id to go" dom0 "! xl list $id"
	until_true 10 "no page of $id mapped" dom0 "! xl list | grep -q '(null)'"
	[ "$(vif_count)" = 2 ]
	dom0 "! xenstore-exists /local/domain/0/backend/vif/$id/0"
	run dom0 svnic-admin --json list
	[[ $output != *$R* ]]
}

@test "the others' traffic never stopped" {
	others_went_on a 8
}

@test "nobody can fill dom0's logs" {
	local dmesg svnicd
	dmesg=$(($(dom0_lines) - $(cat "$BATS_FILE_TMPDIR/dmesg")))
	svnicd=$(($(svnicd_lines) - $(cat "$BATS_FILE_TMPDIR/svnicd")))
	echo "$dmesg lines of dom0's kernel, $svnicd of svnicd"
	((dmesg < 100 && svnicd < 250))
	[ "$("$rig" log fw | wc -l)" -lt 20 ]
}

@test "no warning in dom0's kernel" {
	dom0_healthy
}
