#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# svnic-admin capture: what it writes is read by tcpdump, and the frames are
# those that were sent; see lib.sh for the drawing.
. "$(dirname "$0")/lib.sh"

setup_guests 1500
await 5 "first answer" ping_once a 192.0.2.2

# sequence FILE: the numbers of the echo requests in it.
sequence() {
	tcpdump -nr "$1" 2>/dev/null |
		sed -n 's/.*192.0.2.1 > 192.0.2.2: ICMP echo request, id \([0-9]*\), seq \([0-9]*\), length \([0-9]*\).*/\1 \2 \3/p'
}

start capture "$ADMIN" --socket "$RUN/svnicd.sock" capture a \
	-w "$RUN/a.pcap" -c 40 icmp
await 5 "the capture runs" has_line capture "capturing a"
run in_ns a ping -q -n -e 4711 -s 1000 -i 0.02 -c 20 -w 10 192.0.2.2
wait "$(pid_of capture)" || die "the capture failed"
cat "$RUN/capture.log"
check "40 frames were taken" "$(grep -c '^40 frames captured, ' "$RUN/capture.log")" = 1
sequence "$RUN/a.pcap" >"$RUN/got"
seq 1 20 | sed 's/.*/4711 & 1008/' >"$RUN/sent"
run diff "$RUN/sent" "$RUN/got"
check "checksums are right" \
	"$(tcpdump -vnr "$RUN/a.pcap" 2>&1 | grep -c 'bad\|incorrect\|wrong')" = 0
check "stamps have nanoseconds" \
	"$(od -An -tx4 -N4 "$RUN/a.pcap" | tr -d ' ')" = a1b23c4d

# To a pipe, with TCP whose segments and checksums the card was to make.
start pipe sh -c "'$ADMIN' --socket '$RUN/svnicd.sock' capture b -w - \
	-c 50 tcp port 5201 2>'$RUN/pipe.err' | tcpdump -vnr - >'$RUN/pipe.txt'"
await 5 "the capture runs" grep -q "capturing b" "$RUN/pipe.err"
iperf a b 192.0.2.2 -n 20M
await 5 "the pipe ends" grep -q "^50 frames captured" "$RUN/pipe.err"
wait "$(pid_of pipe)" || die "the pipe failed"
check "tcpdump read all frames" "$(grep -c 'IP (tos' "$RUN/pipe.txt")" = 50
check "no checksum is bad" "$(grep -c 'incorrect\|bad cksum' "$RUN/pipe.txt")" = 0

# Lines for people; Ctrl-C ends it.
start lines "$ADMIN" --socket "$RUN/svnicd.sock" capture b
await 5 "the capture runs" has_line lines "capturing b"
run ping_once a 192.0.2.2
await 5 "a line for the request" has_line lines \
	"< .* ip 192.0.2.1 > 192.0.2.2 icmp echo request"
await 5 "a line for the answer" has_line lines \
	"> .* ip 192.0.2.2 > 192.0.2.1 icmp echo reply"
run stop lines INT
check "it says how much it took" \
	"$(grep -c 'frames captured, 0 did not match, 0 lost' "$RUN/lines.log")" = 1

# What passed while it began was not lost, as nobody was to see it.
start flood in_ns a ping -q -f -l 50 -w 60 192.0.2.2
for i in 1 2 3 4 5; do
	admin capture b -c 5 icmp >"$RUN/flood.txt" 2>&1
	check "none was lost, time $i" "$(grep -c ', 0 lost$' "$RUN/flood.txt")" = 1
done
run stop flood INT

# Lines for scripts; and what passes in a second.
start json "$ADMIN" --socket "$RUN/svnicd.sock" --json capture b -c 1 icmp
await 5 "the capture runs" has_line json "capturing b"
run ping_once a 192.0.2.2
wait "$(pid_of json)" || die "the capture failed"
check "a frame as JSON" "$(grep '^{' "$RUN/json.log" |
	jq -r '.sent == false and .len == .wire_len and .time_ns > 0')" = true
start watch "$ADMIN" --socket "$RUN/svnicd.sock" stats --watch=1 b
await 5 "rates" has_line watch '[0-9]/s$'
run stop watch INT || :

refuse 2 "tcp prot 80" admin capture a tcp prot 80
refuse 1 "nobody" admin capture nobody
refuse 2 "--count" admin capture a -c many
# The monitors are gone with their captures.
check "captures that run" "$(admin --json device | jq .use.captures)" = 0
