#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Frames of 9000 octets, and frames of 64 KiB that nobody cuts between guests;
# see lib.sh for the drawing.
. "$(dirname "$0")/lib.sh"

setup_guests 9000

check "the guest has the mtu" \
	"$(in_ns a cat /sys/class/net/eth0/mtu)" = 9000
for ip in 192.0.2.2 192.0.2.9; do
	await 5 "first answer of $ip" ping_once a "$ip"
	run in_ns a ping -q -n -M 'do' -s 8972 -i 0.05 -c 10 -w 10 "$ip"
done
run in_ns a ping -q -n -s 60000 -c 3 -w 5 192.0.2.2

frames=$(field b rx_frames)
octets=$(field b rx_octets)
iperf a b 192.0.2.2 -n 200M
frames=$(($(field b rx_frames) - frames))
octets=$(($(field b rx_octets) - octets))
check "octets arrived" "$octets" -gt 200000000
check "octets of a mean frame from guest to guest" \
	$((octets / frames)) -gt 10000
iperf a w 192.0.2.9 -n 50M
iperf w a 192.0.2.1 -n 50M
check "no fault" "$(field a faults)" = 0
