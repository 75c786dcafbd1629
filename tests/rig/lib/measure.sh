# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# One run of a benchmark between guests, for the demo and the benchmarks. Wants
# $rig, $raw (a folder for what iperf3 and ping said) and $SECS of one run.

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# client GUEST SERVER OPTION...: one run of iperf3, its JSON to stdout.
client() {
	local guest=$1 server=$2
	shift 2
	"$rig" exec -t $((SECS * 3 + 30)) "$guest" iperf3 -J -c "$server" -t "$SECS" "$@"
}

# tcp_once NAME GUEST SERVER OPTION...: Mbit/s.
tcp_once() {
	local file=$raw/$1.json
	shift
	client "$@" >"$file"
	jq -e '.end.sum_received.bits_per_second / 1e6' "$file"
}

# udp_once NAME GUEST SERVER: thousands of 64-octet datagrams that arrived.
udp_once() {
	local file=$raw/$1.json
	shift
	client "$@" -u -b 0 -l 64 >"$file"
	jq -e '.end.sum | (.packets - .lost_packets) / .seconds / 1e3' "$file"
}

# rtt_once NAME GUEST TARGET COUNT OPTION...: median and 99th percentile of ping,
# in microseconds. The lines go to a file first: printing each on the console
# would keep dom0 busy with something else than the packets.
rtt_once() {
	local guest=$2 target=$3 count=$4 file=$raw/$1.txt
	shift 4
	"$rig" exec -t 120 "$guest" \
		"ping -n $* -c $count $target >/tmp/ping.txt; cat /tmp/ping.txt" >"$file"
	sed -n 's/.*time=\([0-9.]*\) ms/\1/p' "$file" | sort -n |
		awk -v want="$count" '
		{ v[NR] = $1 * 1000 }
		END {
			if (NR < want * 2 / 3) exit 1
			printf "%d %d\n", v[int(NR * 0.50 + 0.5)], v[int(NR * 0.99 + 0.5)]
		}'
}

# CPU seconds that dom0 has used.
dom0_seconds() { "$rig" run xl list | awk '$1 == "Domain-0" { print $NF }'; }

# with_cpu COMMAND...: what it prints, and dom0's CPU seconds a second meanwhile.
with_cpu() {
	local cpu start value
	cpu=$(dom0_seconds)
	start=$EPOCHREALTIME
	value=$("$@")
	echo "$value $cpu $(dom0_seconds) $start $EPOCHREALTIME" |
		awk '{ printf "%s %.3f\n", $1, ($3 - $2) / ($5 - $4) }'
}
