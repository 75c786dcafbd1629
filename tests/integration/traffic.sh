#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Ping and iperf3 from guest to guest and between guest and wire, both ways,
# with TCP and UDP; see lib.sh for the drawing.
. "$(dirname "$0")/lib.sh"

setup_guests 1500

for pair in "a 192.0.2.2" "b 192.0.2.1" "a 192.0.2.9" "w 192.0.2.1"; do
	# shellcheck disable=SC2086
	set -- $pair
	await 5 "first answer of $2 to $1" ping_once "$1" "$2"
	run in_ns "$1" ping -q -n -i 0.01 -c 50 -w 10 "$2"
done

for pair in "a b 192.0.2.2" "b a 192.0.2.1" "a w 192.0.2.9" "w b 192.0.2.2"; do
	# shellcheck disable=SC2086
	set -- $pair
	# Loose bounds: the machine may have much else to do.
	iperf "$1" "$2" "$3" -t 2
	check "TCP from $1 to $2 moves, Mbit/s" "$RESULT" -gt 20
	iperf "$1" "$2" "$3" -t 1 -u -b 20M
	check "UDP from $1 to $2 moves, Mbit/s" "$RESULT" -gt 5
done

run admin list
run admin show a
run admin stats a
check "frames that a sent are counted" "$(field a tx_frames)" -gt 1000
check "frames that a got are counted" "$(field a rx_frames)" -gt 1000
check "no fault" "$(field a faults)" = 0
for guest in a b; do
	run stop "guest-$guest"
done
await 5 "a is waiting for a guest again" \
	sh -c "'$ADMIN' --socket '$RUN/svnicd.sock' --json show a |
		jq -e '.state == \"waiting\"'"
run stop svnicd
run stop fw
