#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A hostile tenant has VIF c; a and b do not notice; see lib.sh for the
# drawing.
. "$(dirname "$0")/lib.sh"

[ -x "$top_builddir/tests/integration/attack" ] || skip "attack was not built"
setup_guests 1500
await 5 "first answer" ping_once a 192.0.2.2

run admin create c --network net0
start neighbours in_ns a ping -n -i 0.01 -w 60 192.0.2.2
for round in $(seq 1 20); do
	log "round $round"
	run "$top_builddir/tests/integration/attack" c "$RUN/vif"
done
stop neighbours INT || :
tail -n 3 "$RUN/neighbours.log"
# One may have been under way at the end.
check "the neighbours lost nothing" "$(grep -c 'bytes from' \
	"$RUN/neighbours.log")" = "$(sed -n 's/.* icmp_seq=\([0-9]*\) .*/\1/p' \
	"$RUN/neighbours.log" | sort -n | tail -n 1)"
run admin show c
check "faults are counted" "$(field c faults)" -gt 150
check "by name" "$(admin --json stats c | jq .tx_bad_page)" = 40
await 5 "it holds no page" sh -c "'$ADMIN' --socket '$RUN/svnicd.sock' \
	--json show c | jq -e '.pages == 0'"
check "a: no fault" "$(field a faults)" = 0
check "b: no fault" "$(field b faults)" = 0
check "descriptors of svnicd" \
	"$(find "/proc/$(pid_of svnicd)/fd" -type l | wc -l)" -lt 40
