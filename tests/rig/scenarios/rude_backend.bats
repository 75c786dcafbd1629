# SPDX-License-Identifier: GPL-2.0-only
# The other way round: a card and a backend that write nonsense, into a guest's
# rings (rudecard.c, beside the real card), its control ring and XenStore.  The
# guest says so in a few lines, goes on over netif, and takes the card again when
# that has come to its senses (rules R36, R41 to R43).
#
#   guest a ----+--- card, which lies to q --- wire0 10.77.0.1
#   guest q ----'    about both its queue pairs

load helpers

keys='doorbell max-pages max-queues features version'

setup_file() {
	export RUDE=$BATS_FILE_TMPDIR/rudecard
	gcc -std=gnu11 -O2 -Wall -Wextra -o "$RUDE" "$BATS_TEST_DIRNAME/../rudecard.c"
	rig_start
	guest_here a --mem=160
	guest_here q --mem=192 --vcpus=2 --cpus=1-2
	for guest in a q; do
		until_true 20 "the direct path of $guest" vif_direct $guest 0
	done
	for key in $keys; do
		echo "$key $(value q 0 "svnic-$key")"
	done >"$BATS_FILE_TMPDIR/good"
}
teardown_file() { rig_end; }

setup() {
	until_true 180 "both queues of q" has_running '[0,1]'
	until_true 20 "q's way to the wire" reaches_wire
	lines=$(guest_lines)
}

running() {
	dom0 svnic-admin --json show q.0 | jq -c '[.queues[] |
		select(.queue < 8 and .state == "running") | .queue]'
}
has_running() { [ "$(running)" = "$1" ]; }
reaches_wire() { in_guest q ping -n -q -c 1 -W 1 "$WIRE"; }
guest_lines() { in_guest q 'dmesg | grep -c svnic'; }
counter() {
	in_guest q ethtool -S eth0 | awk -v n="$1:" '$1 == n { print $2 }'
}

# rude COMMAND...: rudecard on the memory of the rig's machine.
rude() {
	local fd
	for fd in /proc/"$("$rig" pid qemu)"/fd/*; do
		case $(readlink "$fd") in
		*memory-backend-memfd*) break ;;
		esac
	done
	"$RUDE" "$fd" "$@"
}

# q_pages KIND N: where those N pages of q are that change most when the wire
# sends it much.
q_pages() {
	in_guest q "iperf3 -c $WIRE -R -P 8 -t 6 >/dev/null 2>&1 </dev/null &"
	sleep 2
	rude find 3 | awk -v kind="$1" -v n="$2" \
		'$1 == kind && n-- > 0 { print $2 }'
	sleep 2
}

# storm OFFSET LENGTH: with traffic both ways; then the guest is well, has said
# little, and its interface works at once.
storm() {
	in_guest q "iperf3 -c $WIRE -P 4 -t 5 >/dev/null 2>&1 </dev/null &"
	rude storm "$1" "$2" 3
	in_guest q 'kill -9 $(pidof iperf3) 2>/dev/null; true'
	until_true 15 "an answer from the wire" reaches_wire
}

said_little() {
	local n=$(($(guest_lines) - lines))
	echo "$n lines"
	in_guest q 'dmesg | grep svnic | tail -n 8'
	((n <= $1))
}

q_healthy() {
	! in_guest q dmesg | grep -E \
		'BUG|WARNING|Oops|Call Trace|general protection|unable to handle'
}

# works: the card carries frames on both queues again. A guest that was fooled
# several times waits for a minute before it tries that once more, and a new
# connection may fall into this.
works() {
	local sent0 sent1
	until_true 180 "both queues of q" has_running '[0,1]'
	sent0=$(counter q0_tx_frames) sent1=$(counter q1_tx_frames)
	until_true 60 "frames on both queues" carries "$sent0" "$sent1"
}
carries() {
	in_guest q "iperf3 -c $WIRE -P 8 -t 1" || return 1
	(($(counter q0_tx_frames) > $1 + 20 && $(counter q1_tx_frames) > $2 + 20))
}

@test "what the card says of both its rings is nonsense, for three seconds" {
	local page pages
	pages=$(q_pages ctrl 2)
	[ "$(wc -w <<<"$pages")" = 2 ]
	for page in $pages; do
		storm $((page + 64)) 20
	done
	(($(counter q0_nonsense) + $(counter q1_nonsense) > 0))
	q_healthy
	said_little 30
	works
}

@test "one index jumps once: both queues leave, and both come back" {
	local page step
	page=$(q_pages ctrl 1)
	for step in 64:+100000 64:-1 68:+100000 68:-1 72:2 72:77; do
		rude set $((page + ${step%:*})) "${step#*:}"
		until_true 15 "an answer from the wire" reaches_wire
		sleep 1
	done
	q_healthy
	said_little 30
	works
}

@test "received frames are announced with nonsense, for three seconds" {
	local page pages
	pages=$(q_pages 'done' 3)
	[ -n "$pages" ]
	for page in $pages; do
		in_guest q "iperf3 -c $WIRE -R -P 8 -t 6 >/dev/null 2>&1 </dev/null &"
		storm "$page" 4096
	done
	q_healthy
	said_little 40
	works
}

# offer KEY=VALUE...: of the direct path, and the guest is to look.
offer() {
	local pair be
	be=$(backend q 0)
	for pair; do
		dom0 xenstore-write -- "$be/${pair%%=*}" "${pair#*=}"
	done
	dom0 xenstore-write "$be/svnic-epoch" $((RANDOM + 100000))
	dom0 "v=\$(xenstore-read $be/svnic-version)
		xenstore-write -- $be/svnic-version \"\$v\""
}
good_offer() {
	local be
	be=$(backend q 0)
	while read -r key value; do
		dom0 xenstore-write "$be/svnic-$key" "$value" </dev/null
	done <"$BATS_FILE_TMPDIR/good"
	offer
}

@test "an offer of nonsense: one line, netif, and the card again in the end" {
	local key value good
	while read -r key good; do
		for value in '' 0 -1 x 4294967295 "$((good + 1))" \
			"$((good ^ 65536))"; do
			offer "svnic-$key=$value" </dev/null
			sleep 1
			until_true 15 "an answer from the wire" \
				reaches_wire </dev/null
		done
		good_offer </dev/null
	done <"$BATS_FILE_TMPDIR/good"
	q_healthy
	said_little 120
	works
}

@test "an offer that changes a hundred times" {
	local be
	be=$(backend q 0)
	dom0 "for i in \$(seq 100); do xenstore-write $be/svnic-epoch \$((i + 5000))
		v=\$(xenstore-read $be/svnic-version)
		xenstore-write -- $be/svnic-version \"\$v\"; done"
	until_true 15 "an answer from the wire" reaches_wire
	q_healthy
	said_little 60
	works
}

@test "nonsense in the control ring: connected anew, and nobody else noticed" {
	local be page
	be=$(backend q 0)
	rude find 4 >"$BATS_TEST_TMPDIR/find" &
	sleep 2
	offer
	wait $!
	page=$(awk '$1 == "ring" { print $2; exit }' "$BATS_TEST_TMPDIR/find")
	[ -n "$page" ]
	echo "the control ring is at $page"
	rude set $((page + 8)) +5000
	offer
	sleep 2
	until_true 15 "an answer from the wire" reaches_wire
	q_healthy
	said_little 30
	works
	answers a $WIRE
	dom0_healthy
}
