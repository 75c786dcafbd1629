#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Wires that can do nothing: TCP both ways over a link without offloads, so that
# what the card sends is what the other end gets, and a recording, of which
# tcpdump finds no checksum wrong and no frame over the mtu.  See lib.sh for the
# drawing.
. "$(dirname "$0")/lib.sh"

for tool in ethtool nstat python3; do
	command -v "$tool" >/dev/null || skip "$tool is not installed"
done

# correct FILE: nothing in a capture is longer than the mtu of 1500 allows, and
# no checksum is wrong.
correct() {
	local text=$RUN/tcpdump.txt
	tcpdump -n -vv -r "$1" >"$text" 2>/dev/null
	check "frames of $1 with a wrong checksum" \
		"$(grep -cE 'incorrect|bad.*cksum' "$text")" = 0
	check "frames over the mtu" "$(tcpdump -n -r "$1" 'greater 1515' \
		2>/dev/null | wc -l)" = 0
}

# lines TEXT: of the capture that was looked at last.
lines() { grep -cE -- "$1" "$RUN/tcpdump.txt"; }

# Checked by the receiver's own stack, which drops what is wrong.
export WIRE=packet:card0,plain
setup_guests 1500
run ip -n "$NS-c" link set card0 mtu 1500
run ip -n "$NS-w" link set wire0 mtu 1500
for end in c/card0 w/wire0; do
	run in_ns "${end%/*}" ethtool -K "${end#*/}" tx off rx off tso off \
		gso off gro off rxvlan off txvlan off
done
check "it says so" "$(grep -c 'packet:card0, plain' "$RUN/fw.log")" = 1
await 5 "first answer of the wire" ping_once a 192.0.2.9
start dump in_ns w tcpdump -U -n -p -i wire0 -s 0 -c 2000 -w "$RUN/wire.pcap" \
	'tcp and src 192.0.2.1'
await 5 "tcpdump listens" has_line dump "listening on"
errors() {
	in_ns w nstat -asz TcpInCsumErrors Ip6InHdrErrors IpInHdrErrors |
		awk '!/^#/ { n += $2 } END { print n + 0 }'
}
before=$(errors)
iperf a w 192.0.2.9 -n 200M
check "TCP over a plain wire moves, Mbit/s" "$RESULT" -gt 20
await 5 "2000 frames" sh -c "! kill -0 $(pid_of dump)"
check "errors that the other end counted" "$(errors)" = "$before"
correct "$RUN/wire.pcap"
check "frames of TCP, their checksums right" "$(lines 'cksum.*\(correct\)')" \
	= 2000
check "full segments" "$(lines 'length 1448$')" -gt 1000
iperf w a 192.0.2.1 -n 50M
iperf a w 192.0.2.9 -t 1 -u -b 20M
check "UDP from a to the wire moves, Mbit/s" "$RESULT" -gt 5
iperf a b 192.0.2.2 -n 200M
check "no fault" "$(field a faults)" = 0

# What a card records is what a cable would carry.
run stop guest-a
run stop guest-b
run stop svnicd
run stop fw
WIRE=pcap:,$RUN/record.pcap
start_fw
start_svnicd
await 10 "svnicd has the card" card_ready
start_guest a 192.0.2.1
await 5 "guest a is attached" carrier a
run in_ns a python3 "$top_srcdir/tests/integration/send_large.py" eth0
recorded() {
	[ "$(tcpdump -n -r "$RUN/record.pcap" udp port 5000 | wc -l)" = 2 ]
}
await 5 "the last of them is recorded" recorded
run stop fw
correct "$RUN/record.pcap"
check "segments of both, all right" "$(lines 'cksum.*\(correct\), seq .*length 1440')" = 82
check "... and the last of each" "$(lines 'length 960$')" = 2
check "... alone has FIN" "$(lines 'Flags \[FP[.EW]*\].*length 960$')" = 2
check "CWR of the first" "$(lines 'Flags \[[.EW]*W[.EW]*\].*length 1440')" = 2
check "TCP, one frame" "$(lines 'cksum.*\(correct\), seq.*length 999')" = 2
check "UDP" "$(lines '\[udp sum ok\] UDP, length 1001')" = 2
