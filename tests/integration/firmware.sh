#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# svnic-fw's core killed over and over while iperf3 and ping run and VIFs come
# and go; upgraded; in a crash loop; and its owner killed. The gaps go to
# out/firmware-local.json. See lib.sh for the drawing.
. "$(dirname "$0")/lib.sh"

KILLS=20
OUT=${SVNIC_OUT:-out}

core_pid() {
	local pid
	pid=$(pid_of fw)
	pid=$(cat "/proc/$pid/task/$pid/children") && echo "${pid%% *}"
}

another_core() {
	local pid
	pid=$(core_pid) && [ -n "$pid" ] && [ "$pid" != "$1" ]
}

kill_core() {
	local pid
	pid=$(core_pid)
	date +%s.%N >>"$RUN/kills"
	kill -9 "$pid"
	await 5 "another core after $pid" another_core "$pid"
}

# gaps: for each kill, the time between two answers that it lies in or before,
# in milliseconds, as JSON.
gaps() {
	sed -n 's/^\[\([0-9.]*\)\].*bytes from.*/\1/p' "$RUN/flood.log" |
		awk 'NR == FNR { reply[NR] = $1; n = NR; next }
		{
			gap = 0
			for (i = 1; i < n; i++)
				if (reply[i + 1] > $1 && reply[i] < $1 + 0.02 &&
				    reply[i + 1] - reply[i] > gap)
					gap = reply[i + 1] - reply[i]
			printf "%.1f\n", gap * 1000
		}' - "$RUN/kills" | jq -s -c .
}

setup_guests 1500
await 5 "first answer" ping_once a 192.0.2.2
epoch=$(admin --json device | jq .epoch)
start server in_ns b iperf3 -s -1 -B 192.0.2.2
await 5 "iperf3 listens" in_ns b sh -c "ss -Hltn | grep -q :5201"
start load in_ns a iperf3 -c 192.0.2.2 -t 60
start flood in_ns a ping -n -D -i 0.003 -w 60 192.0.2.2
sleep 0.5

for ((n = 0; n < KILLS; n++)); do
	sleep 0.$((RANDOM % 4 + 2))
	if ((n % 2)); then
		kill_core
		continue
	fi
	admin create "x$n" --network net0 >/dev/null &
	kill_core
	wait $! || die "a VIF was not created"
	admin destroy "x$n" >/dev/null &
	kill_core
	wait $! || die "a VIF was not destroyed"
done
sleep 0.2
check "the connection lives" -d "/proc/$(pid_of load)"
run stop load INT || :
run stop flood INT || :
mkdir -p "$OUT"
jq -n --argjson gaps "$(gaps)" '{ kills: ($gaps | length), gap_ms: $gaps,
	median_ms: ($gaps | sort | .[length / 2 | floor]),
	longest_ms: ($gaps | max) }' >"$OUT/firmware-local.json"
run cat "$OUT/firmware-local.json"
tail -n 3 "$RUN/flood.log"
check "half of the gaps are within 100 ms" "$(jq '.median_ms <= 100' \
	"$OUT/firmware-local.json")" = true
check "the card is the same" "$(admin --json device | jq .epoch)" = "$epoch"
for guest in a b; do
	check "no queue of $guest faulted" "$(field $guest faults)" = 0
done
check "no VIF is left" "$(admin --json list | jq length)" = 2

# An upgrade; a signal for the owner is none for the core.  A core that was
# killed before it had begun to serve is told of in other words.
pid=$(core_pid)
died=$(grep -c "core died" "$RUN/fw.log")
run kill -TERM "$pid"
run kill -HUP "$(pid_of fw)"
await 5 "another core after $pid" another_core "$pid"
check "the old one ended by itself" "$(grep -c "core died" "$RUN/fw.log")" = \
	"$died"
await 5 "a reaches b" ping_once a 192.0.2.2

# It keeps dying: there is a pause, then a card without its VIFs.
for ((n = 0; n < 100; n++)); do
	pid=$(core_pid)
	[ -z "$pid" ] || kill -9 "$pid"
	! has_line fw "starts anew" || break
	sleep 0.02
done
check "it says that it keeps dying" "$(grep -c "keeps dying" "$RUN/fw.log")" \
	-ge 1
check "... and starts anew" "$n" -lt 100
await 10 "a core" another_core 0
# The host's part of it: another svnicd finds a card without VIFs.
run stop svnicd KILL
start_svnicd
await 10 "svnicd has the card" card_ready
check "the card is another" "$(admin --json device | jq .epoch)" != "$epoch"
await 10 "a reaches b" ping_once a 192.0.2.2

# The owner takes the core along.
pid=$(core_pid)
run stop fw KILL
await 5 "the core to go" sh -c "! kill -0 $pid"
start_fw
await 10 "svnicd has the card again" card_ready
await 10 "a reaches b" ping_once a 192.0.2.2
pid=$(core_pid)
run stop fw
check "the core is gone" ! -d "/proc/$pid"
check "and its socket" ! -e "$RUN/card.sock"
