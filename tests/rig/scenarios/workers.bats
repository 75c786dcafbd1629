# SPDX-License-Identifier: GPL-2.0-only
# A card of two workers, of which each guest has another: all goes as with one.
# (Any other scenario runs on such a card with RIG_WORKERS=2.)
#
#   guest a (worker 1) ---+
#                         +--- card --- wire0 10.77.0.1
#   guest b (worker 0) ---+

load helpers

A=10.77.0.11

setup_file() {
	export RIG_WORKERS=2
	rig_start
	for guest in a b; do
		guest_here $guest --mem=160
		until_true 20 "the direct path of $guest" vif_direct $guest 0
		serve $guest
	done
}
teardown_file() { rig_end; }

core_pid() { "$rig" pid fw-core; }
another_core() { [ "$(core_pid)" != "$1" ]; }
no_faults() {
	dom0 svnic-admin --json list | jq -e 'all(.[]; .faults // 0 == 0)'
}

@test "two threads; guests of both workers reach each other and the wire" {
	[ "$(find "/proc/$(core_pid)/task" -mindepth 1 -maxdepth 1 | wc -l)" = 2 ]
	answers a $B
	answers b $A
	answers a $WIRE
	answers b $WIRE
	carries a -c $B
	carries b -c $A
	carries a -c $WIRE
	carries b -c $WIRE
	no_faults
}

@test "the core is killed under a connection between them" {
	local pid
	load_start a
	sleep 2
	for _ in 1 2 3; do
		pid=$(core_pid)
		kill -9 "$pid"
		until_true 5 "another core" another_core "$pid"
		sleep 2
	done
	load_end a
	vif_direct a 0
	vif_direct b 0
	no_faults
}

@test "interfaces come and go under a connection" {
	load_start b $A
	for n in 1 2; do
		dom0 xl network-attach a mac=00:16:3e:77:05:0$n bridge=net0 \
			script=vif-svnic
		until_true 20 "the second vif" connected a 1
		dom0 xl network-detach a 1
	done
	load_end b
	no_faults
}

@test "save and restore of one" {
	in_guest b "ping -n $A >/tmp/ping 2>&1 </dev/null &"
	"$rig" save a
	"$rig" restore a
	until_true 30 "the direct path of a" vif_direct a 0
	until_true 10 "the way to b" in_guest a ping -qc 1 -W 1 $B
	in_guest b 'kill -INT $(pidof ping)'
	serve a
	carries a -c $B
	carries b -c $A
}

@test "no warning in any kernel" {
	dom0_healthy
	for guest in a b; do
		! in_guest $guest dmesg |
			grep -E 'BUG|WARNING|Oops|Call Trace|general protection'
	done
}
