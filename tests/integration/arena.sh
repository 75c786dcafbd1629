#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A card whose memory is a file, and whose wire is a TAP interface: stopped and
# started again, alone and under an owner, and what its file is to another card;
# and the wire over the death of a core. See lib.sh for the drawing; here the
# wire is tap0 in $NS-c, with an address of its own. svnicd begins anew with each
# card, so that only the card itself can tell what it found.
. "$(dirname "$0")/lib.sh"

# card LINK-OPTION [OPTION...]: on the file.
card() {
	start fw ip netns exec "$NS-c" "$FW" --arena "$RUN/arena" \
		--link "unix:$RUN/card.sock$1" --wire 0=tap:tap0 "${@:2}"
}

# A new TAP interface, as the same neighbour.
wired() {
	run ip -n "$NS-c" link set tap0 address 02:00:00:00:00:08
	run ip -n "$NS-c" addr add 192.0.2.8/24 dev tap0
	await 5 "a reaches the wire" ping_once a 192.0.2.8
}

taken_over() {
	[ "$(grep -c "taken over with its VIFs" "$RUN/fw.log")" = "$1" ]
}

# comes TIMES: the card takes the file over, for that time; and it works.
comes() {
	await 5 "VIFs taken over $1 times" taken_over "$1"
	await 10 "svnicd has the card" card_ready
	await 10 "a reaches b" ping_once a 192.0.2.2
}

setup
card ,persist --no-supervise
start_svnicd
await 10 "svnicd has the card" card_ready
run admin create a --network net0
run admin create b --network net0
start_guest a 192.0.2.1 --address fd00::1/64
start_guest b 192.0.2.2
await 5 "a reaches b" ping_once a 192.0.2.2
check "a has its second address" \
	"$(in_ns a ip -6 addr show eth0 | grep -c 'fd00::1/64')" = 1
wired

# Its VIFs are in the file, whether it had time to say good-bye or not.
run stop fw
card ,persist --no-supervise
comes 1
run stop fw KILL
card ,persist --no-supervise
comes 2
wired

# Under an owner it is the same card still.
run stop fw
card ,persist
comes 3
wired
fw=$(pid_of fw)
core=$(cat "/proc/$fw/task/$fw/children")
run kill -9 "${core%% *}"
await 10 "a reaches the wire of another core" ping_once a 192.0.2.8
check "the wire was not made anew" \
	"$(ip -n "$NS-c" addr show tap0 | grep -c 192.0.2.8)" = 1

# Without `persist` they went with the client that is gone.
run stop fw
card ""
comes 4
run stop fw

# To another card the file is as good as new.
card ,persist --max-vifs 32
await 5 "a new arena" sh -c "[ \$(grep -c 'KiB in .*, new' $RUN/fw.log) = 2 ]"
await 10 "svnicd has the card" card_ready
await 10 "a reaches b" ping_once a 192.0.2.2
check "no fault" "$(field a faults)" = 0
