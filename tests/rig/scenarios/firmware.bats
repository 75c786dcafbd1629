# SPDX-License-Identifier: GPL-2.0-only
# The firmware's core is killed, hangs and is upgraded under load: the card
# stays, no VIF is lost, connections go on. How long nothing came is in
# out/firmware.json.

load helpers

KILLS=10
OUT=${SVNIC_OUT:-$BATS_TEST_DIRNAME/../../../out}

setup_file() { rig_start; }
teardown_file() { "$rig" down; }

core_pid() { "$rig" pid fw-core; }

# another_core OLD: its successor has taken over.
another_core() {
	local pid
	pid=$(core_pid) && [ "$pid" != "$1" ]
}

# gap_of COMMAND...: prints what a probe of 3 s saw, COMMAND at its middle.
gap_of() {
	local probe
	in_guest a "riggap probe $B 5300 3 2000" >"$BATS_TEST_TMPDIR/probe" &
	probe=$!
	sleep 1.5
	"$@"
	wait $probe
	tail -n 1 "$BATS_TEST_TMPDIR/probe"
}

# outages: milliseconds from the death of a core to its successor's first
# round, as the owner saw them. (The emulated guests' own view is in gap_ms;
# on a busy machine they do not run for as long now and then.)
outages() {
	"$rig" log fw | sed -n 's/.*core [0-9]* has taken over after \([0-9.]*\) ms.*/\1/p' |
		jq -s -c .
}

kill_core() { kill -9 "$(core_pid)"; }

# What must hold after all that is done to a core here.
nothing_lost() {
	[ "$(vif_count)" = 2 ]
	vif_direct a 0
	vif_direct b 0
	dom0 svnic-admin --json list | jq -e 'all(.[]; .faults // 0 == 0)'
	! dom0 dmesg | grep -iE 'svnic.*(lost|no answer|restarted)'
	answers a $B
	answers b $WIRE
}

@test "two guests on the direct path" {
	"$rig" guest a --type=svnic
	"$rig" guest b --type=svnic
	until_true 20 "the direct path of a" vif_direct a 0
	until_true 20 "the direct path of b" vif_direct b 0
	in_guest b 'iperf3 -s -D; riggap echo 5300 >/dev/null 2>&1 </dev/null &'
	answers a $B
}

@test "the core is killed ten times under load: iperf3 and the VIFs live on" {
	local n load epoch gaps='[]' gap
	epoch=$(dom0 svnic-admin --json device | jq .epoch)
	in_guest a "iperf3 -c $B -t 70 -i 0.5 -J" >"$BATS_TEST_TMPDIR/iperf.json" &
	load=$!
	sleep 2
	for ((n = 0; n < KILLS; n++)); do
		gap=$(gap_of kill_core)
		echo "$gap"
		gaps=$(jq -c --argjson g "$gap" '. + [$g]' <<<"$gaps")
	done
	wait $load
	mkdir -p "$OUT"
	jq -n --argjson gaps "$gaps" --argjson outages "$(outages)" --slurpfile iperf "$BATS_TEST_TMPDIR/iperf.json" '
		{ kills: ($gaps | length), gap_ms: ($gaps | map(.gap_ms)),
		  longest_ms: ($gaps | map(.gap_ms) | max),
		  lost: ($gaps | map(.lost) | add),
		  probe_not_running_ms: ($gaps | map(.own_ms)),
		  without_core_ms: $outages,
		  tcp_bits_per_second: $iperf[0].end.sum_received.bits_per_second,
		  intervals_without_data: [$iperf[0].intervals[].sum | select(.bytes == 0)] | length
		}' | tee "$OUT/firmware.json"
	jq -e '.end.sum_received.bits_per_second > 1e6' "$BATS_TEST_TMPDIR/iperf.json"
	jq -e '.without_core_ms | length == 10 and (sort | .[5]) <= 100' "$OUT/firmware.json"
	[ "$(dom0 svnic-admin --json device | jq .epoch)" = "$epoch" ]
	nothing_lost
}

@test "a core that hangs in a stopped state comes back when it goes on" {
	local pid
	pid=$(core_pid)
	gap_of kill -STOP "$pid" &
	sleep 2
	kill -CONT "$pid"
	wait
	[ "$(core_pid)" = "$pid" ]
	nothing_lost
}

@test "an upgrade under load goes unnoticed" {
	local pid
	pid=$(core_pid)
	gap_of kill -HUP "$("$rig" pid fw)"
	until_true 5 "another core" another_core "$pid"
	nothing_lost
}

@test "commands go on while the core is killed again and again" {
	local n
	for n in 1 2 3; do
		dom0 "xl network-attach a mac=00:16:3e:77:02:0$n bridge=net0 script=vif-svnic" &
		sleep 0.2
		kill_core
		sleep 0.3
		kill_core
		wait $!
		until_true 20 "the second vif" connected a 1
		[ "$(vif_count)" = 3 ]
		dom0 xl network-detach a 1
		until_true 10 "the second vif to go" test "$(vif_count)" = 2
	done
	nothing_lost
}

@test "no warning in dom0's kernel" {
	dom0_healthy
}
