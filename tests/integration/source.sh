#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A guest with a list of its addresses is heard as these only: what it sends as
# anybody else is counted and not seen, also after a restart of svnicd, of the
# core and of the card; see lib.sh for the drawing.
. "$(dirname "$0")/lib.sh"

spoofed() { admin --json stats a | jq -r .tx_spoofed_ip; }
is_spoofed() { [ "$(spoofed)" -ge "$1" ]; }

# lie CODE: run Python in guest a, with what it needs to make frames.
lie() {
	in_ns a python3 - "$1" <<'END'
import socket, struct, sys
mac = bytes.fromhex(open("/sys/class/net/eth0/address").read().strip()
                    .replace(":", ""))
ip = lambda text: socket.inet_pton(
    socket.AF_INET6 if ":" in text else socket.AF_INET, text)
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
everybody = b"\xff" * 6

def send(to, kind, octets):
    s.send(to + mac + struct.pack(">H", kind) + octets.ljust(46, b"\0"))

def udp(source):
    send(everybody, 0x0800, bytes.fromhex("4500 0020 0000 0000 4011 0000") +
         ip(source) + ip("192.0.2.2") + struct.pack(">4H", 9, 7777, 12, 0) +
         b"LIES")

def arp(op, source):
    send(everybody, 0x0806, struct.pack(">HHBBH", 1, 0x0800, 6, 4, op) + mac +
         ip(source) + b"\0" * 6 + ip("192.0.2.2"))

def advert(source, target):
    send(bytes.fromhex("333300000001"), 0x86dd,
         bytes.fromhex("6000 0000 0020 3aff") + ip(source) + ip("ff02::1") +
         bytes.fromhex("8800 0000 2000 0000") + ip(target) + b"\2\1" + mac)

exec(sys.argv[1])
END
}

command -v python3 >/dev/null || skip "python3 is not installed"
setup_guests 1500
run in_ns a ip addr add 2001:db8::1/64 dev eth0 nodad
run in_ns b ip addr add 2001:db8::2/64 dev eth0 nodad
run admin set a --ip "192.0.2.1, 2001:db8::1"
check "as it is shown" "$(field a 'ip | join(" ")')" = "192.0.2.1 2001:db8::1"
check "nobody else has one" "$(field b 'ip | length')" = 0

refuse 2 '"192.0.2" is no IPv4 or IPv6 address' admin set a --ip 192.0.2
refuse 2 "192.0.2.0/24 for all" admin set a --ip 192.0.2.1/24
refuse 2 "is no IPv4 or IPv6" admin create c --ip guest

honest() {
	await 5 "$1: its own address works" ping_once a 192.0.2.2
	await 5 "$1: its own IPv6 address works" ping_once a 2001:db8::2
}
honest "first"
run in_ns b ip neigh flush dev eth0
honest "asked by ARP"

# What lies is dropped; b's eyes are a capture.
start dump ip netns exec "$NS-b" tcpdump -i eth0 -nn -e -l -U
await 5 "tcpdump listens" has_line dump "listening on"
before=$(spoofed)
run lie 'for i in range(5): udp("192.0.2.77")'
run lie 'for i in range(3): arp(2, "192.0.2.77"); arp(1, "192.0.2.78")'
run lie 'advert("2001:db8::1", "2001:db8::77"); advert("2001:db8::77", "2001:db8::1")'
await 5 "13 lies are counted" is_spoofed $((before + 13))
run lie 'udp("192.0.2.1"); arp(1, "0.0.0.0"); advert("2001:db8::1", "2001:db8::1")'
await 5 "the truth arrives" has_line dump "2001:db8::1 > ff02::1.*advertisement"
await 5 "a probe arrives" has_line dump "tell 0.0.0.0"
stop dump
check "no lie does" "$(grep -c -e '192\.0\.2\.7[78]' -e 2001:db8::77 \
	"$RUN/dump.log" || :)" = 0
check "and b believes none" "$(in_ns b ip neigh |
	grep -c -e '192\.0\.2\.7[78]' -e 2001:db8::77 || :)" = 0

# still TEXT: the list holds, and what is right passes.
still() {
	local was
	await 10 "guest a is attached" carrier a
	honest "$1"
	was=$(spoofed)
	run lie 'udp("192.0.2.77")'
	await 5 "$1: a lie is counted" is_spoofed $((was + 1))
}
pid=$(pid_of fw)
pid=$(cat "/proc/$pid/task/$pid/children")
run kill -KILL "${pid%% *}"
still "another core"
stop svnicd KILL
start_svnicd
await 10 "svnicd is back" card_ready
await 10 "vif a is back" admin show a
check "on record" "$(field a 'ip | join(" ")')" = "192.0.2.1 2001:db8::1"
stop guest-a
stop guest-b
start_guest a 192.0.2.1
start_guest b 192.0.2.2
await 10 "guest a is attached" carrier a
await 10 "guest b is attached" carrier b
run in_ns a ip addr add 2001:db8::1/64 dev eth0 nodad
run in_ns b ip addr add 2001:db8::2/64 dev eth0 nodad
still "svnicd"

# Without a list it says what it likes.
run admin set a --ip none
check "no list" "$(field a 'ip | length')" = 0
start dump ip netns exec "$NS-b" tcpdump -i eth0 -nn -e -l -U
await 5 "tcpdump listens" has_line dump "listening on"
run lie 'udp("192.0.2.77")'
await 5 "it is heard" has_line dump 192.0.2.77
stop dump
stop guest-a
stop guest-b
stop svnicd
stop fw
log "passed"
