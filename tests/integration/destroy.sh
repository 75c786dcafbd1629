#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A VIF destroyed under traffic takes nothing else with it, and one of the
# same name may come again; see lib.sh for the drawing.
. "$(dirname "$0")/lib.sh"

setup_guests 1500
await 5 "first answer" ping_once a 192.0.2.2

start flood in_ns a ping -f -q -w 30 192.0.2.2
start to-wire in_ns b ping -q -i 0.01 -c 300 -w 20 192.0.2.9
await 5 "traffic flows" sh -c "[ \$('$ADMIN' --socket '$RUN/svnicd.sock' \
	--json show a | jq .tx_frames) -gt 500 ]"
run admin destroy a
await 5 "the guest noticed" no_carrier a
refuse 1 "\"a\"" admin show a
wait "$(pid_of to-wire)" || die "b lost frames to the wire"
stop flood INT || :
run admin list

run admin create a --network net0
await 5 "the guest is attached again" carrier a
await 5 "a reaches b" ping_once a 192.0.2.2

for round in 1 2 3 4 5; do
	run admin destroy a
	run admin create a --network net0
	await 5 "round $round: attached" carrier a
done
await 5 "a reaches b" ping_once a 192.0.2.2
check "VIFs" "$(admin --json device | jq .use.vifs)" = 2

# A guest that is killed leaves its VIF, for the next guest.
run stop guest-b KILL
await 5 "b is waiting" sh -c "'$ADMIN' --socket '$RUN/svnicd.sock' \
	--json show b | jq -e '.state == \"waiting\" and .pages == 0'"
start_guest b 192.0.2.2
await 5 "a new guest is attached" carrier b
await 5 "a reaches b" ping_once a 192.0.2.2

# Whoever removes the interface of a guest has ended it.
run in_ns b ip link del eth0
await 5 "the guest ended" has_line guest-b "is gone"
code=0
wait "$(pid_of guest-b)" || code=$?
check "its exit code" "$code" = 1
await 5 "b is waiting" sh -c "'$ADMIN' --socket '$RUN/svnicd.sock' \
	--json show b | jq -e '.state == \"waiting\" and .pages == 0'"
