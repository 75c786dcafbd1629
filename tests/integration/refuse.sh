#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is wrong is refused with a sentence that says so, and leaves nothing
# behind; see lib.sh for the drawing.
. "$(dirname "$0")/lib.sh"

setup
start_fw
start_svnicd
await 10 "svnicd has the card" card_ready

run admin create a --network net0 --mac 02:00:00:00:00:0a
refuse 1 "02:00:00:00:00:0a" \
	admin create b --network net0 --mac 02:00:00:00:00:0a
run admin create c --network inner --mac 02:00:00:00:00:0a
refuse 1 "\"a\"" admin create a --network net0
refuse 2 "nowhere" admin create b --network nowhere
refuse 2 "group address" admin create b --mac 03:00:00:00:00:01
refuse 2 "02:00" admin create b --mac 02:00
refuse 2 "70000" admin create b --mtu 70000
refuse 2 "67" admin create b --mtu 67
refuse 2 "fast" admin create b --rate fast
refuse 2 "../b" admin create ../b
refuse 2 "b c" admin create "b c"
refuse 1 "nobody" admin destroy nobody
refuse 1 "nobody" admin show nobody
refuse 2 "70000" admin set a --mtu 70000
refuse 2 "nothing to change" admin set a
refuse 2 "expected device, list" admin crate
refuse 1 "cannot connect to svnicd" "$ADMIN" --socket "$RUN/none.sock" list
check "VIFs" "$(admin --json list | jq length)" = 2

run admin set a --rate 10Mb/s --mtu 1400
check "rate" "$(field a rate)" = 1250000
check "mtu" "$(field a mtu)" = 1400
run admin set a --disable
check "carrier off" "$(field a enabled)" = false
run admin set a --enable --rate 0

# A card with 64 VIFs: the limit has a name, and room comes back.
for i in $(seq 1 62); do
	admin create "v$i" --network inner >/dev/null
done
refuse 1 "VIF" admin create straw --network inner
run admin destroy v1
run admin create straw --network inner

# Too few descriptors: svnic-fw says so, wherever it comes to that.
few() {
	(
		for fd in 3 4 5 6 7 8 9; do
			eval "exec $fd>&-"
		done
		ulimit -n "$1"
		shift
		exec "$@"
	)
}

for nr in 4 5 6 7 8; do
	refuse 1 "Too many open files" \
		few $nr "$FW" --link "unix:$RUN/few.sock" --max-vifs 64
done
for nr in 4 5 6; do
	refuse 1 "Too many open files" few $nr "$FW" --no-supervise \
		--link "unix:$RUN/few.sock" --max-vifs 64
done
