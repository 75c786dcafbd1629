#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# SIGHUP: what holds at once, what waits for a restart, and that svnicd says so.
. "$(dirname "$0")/lib.sh"

setup
start_fw
start_svnicd
await 10 "svnicd has the card" card_ready
run admin create a --network inner

# again TEXT: the configuration is read again, and the log says TEXT.
again() {
	: >"$RUN/svnicd.log"
	kill -HUP "$(pid_of svnicd)"
	await 5 "$1" has_line svnicd "$1"
}

again "read again"
check "warnings" "$(grep -c "started again" "$RUN/svnicd.log")" = 0

cp "$RUN/svnicd.yaml" "$RUN/good.yaml"
echo 'defaults: {rx_rate: 8Mb/s}' >>"$RUN/svnicd.yaml"
again "a: mtu 1500, rate 0, rx_rate 8Mb/s, min_rate 0, storm 1000/s"

printf 'networks: {net0: {port: 0}}\nxen: {device: /dev/svnic1}\n' \
	>"$RUN/svnicd.yaml"
again 'xen.device stays "" until svnicd is started again'
await 5 "whose network is gone" has_line svnicd 'a: network "inner"'

printf 'networks: {net0: {port: 0}, far: {port: 3}}\n' >"$RUN/svnicd.yaml"
again 'network "far" is on port 3, and the card has 1'

echo 'networks: {net0: {prot: 0}}' >"$RUN/svnicd.yaml"
again "all stays as it was"
rm "$RUN/svnicd.yaml"
again "all stays as it was"

cp "$RUN/good.yaml" "$RUN/svnicd.yaml"
kill -USR2 "$(pid_of svnicd)"
await 5 "no upgrade" has_line svnicd "SIGUSR2 does nothing here"
again "read again"
check "state" "$(field a state)" = waiting
