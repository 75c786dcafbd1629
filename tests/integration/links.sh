#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two hosts and two wires on one card of three workers: everybody of a wire
# reaches everybody, what is for all comes to each of them once, and a host that
# goes, with frames for and from its guests under way, is not felt by the other.
#
#    svnicd, link 0         svnicd, link 1       the ends of the wires
#    a   f       b               d    e              w     v
#    .1  .3      .2              .4   .5             .9    .8
#    |   |       |               |    |              |     |
#    +---+-------|---------------+----|--- wire 0 ---+     |     192.0.2.0/24
#                +--------------------+--- wire 1 ---------+     203.0.113.0/24
#
# The workers of a, f, b, d, e are 0, 1, 2, 0, 1.  See also lib.sh.
. "$(dirname "$0")/lib.sh"

command -v python3 >/dev/null || skip "python3 is not installed"
WORKERS=${WORKERS:-3}
MORE_NS="d e f v"
FRAMES=200
declare -A IP=([a]=192.0.2.1 [f]=192.0.2.3 [d]=192.0.2.4 [w]=192.0.2.9
	[b]=203.0.113.2 [e]=203.0.113.5 [v]=203.0.113.8)
FIRST="a f d w"  # those of wire 0
SECOND="b e v"   # ... and of wire 1

host() { "$ADMIN" --socket "$RUN/svnicd$1.sock" "${@:2}"; }
host_ready() { host "$1" --json device; }
host_start() {
	start "svnicd$1" "$SVNICD" --config "$RUN/svnicd$1.yaml" \
		--platform local --socket "$RUN/svnicd$1.sock"
	await 10 "host $1 has the card" host_ready "$1"
}

# guest NAME HOST WIRE: its VIF, and what serves it.
guest() {
	run host "$2" create "$1" --network "net$3"
	start "guest-$1" ip netns exec "$NS-$1" "$GUEST" --vif "$1" \
		--socket-dir "$RUN/vif$2" --tap eth0 --address "${IP[$1]}/24"
}

card_start() {
	start fw ip netns exec "$NS-c" "$FW" --link "unix:$RUN/card0.sock" \
		--link "unix:$RUN/card1.sock" --wire 0=packet:card0 \
		--wire 1=packet:card1 --max-vifs 64 --workers "$WORKERS"
}

setup
for ns in $MORE_NS; do
	run ip netns add "$NS-$ns"
done
run ip link add card1 netns "$NS-c" type veth peer wire1 netns "$NS-v"
run ip -n "$NS-c" link set card1 up
run ip -n "$NS-v" link set wire1 up
run ip -n "$NS-v" addr add "${IP[v]}/24" dev wire1
for n in 0 1; do
	cat >"$RUN/svnicd$n.yaml" <<END
platform: local
local:
  card: $RUN/card$n.sock
  tenants: $RUN/vif$n
networks:
  net0: {port: 0}
  net1: {port: 1}
END
done
card_start
host_start 0
host_start 1
guest a 0 0
guest f 0 0
guest b 0 1
guest d 1 0
guest e 1 1
for ns in a f b d e; do
	await 5 "guest $ns is attached" carrier $ns
done

# pairs COMMAND...: with each two of a wire, both ways.
pairs() {
	local from to list
	for list in "$FIRST" "$SECOND"; do
		for from in $list; do
			for to in $list; do
				[ "$from" = "$to" ] || "$@" "$from" "$to"
			done
		done
	done
}
reach() { await 5 "$1 reaches $2" ping_once "$1" "${IP[$2]}"; }
many() { run in_ns "$1" ping -q -n -i 0.005 -c 20 -w 10 "${IP[$2]}"; }
pairs reach
pairs many
check "wire 0 is not wire 1" "$(host 0 --json stats b | jq .rx_delivered)" -gt 0

# moves FROM TO: TCP, and UDP of small frames.
moves() {
	iperf "$1" "$2" "${IP[$2]}" -t 1
	check "TCP from $1 to $2 moves, Mbit/s" "$RESULT" -gt 20
	iperf "$1" "$2" "${IP[$2]}" -t 1 -u -b 5M -l 100
	check "UDP from $1 to $2 moves, Mbit/s" "$RESULT" -gt 1
}
for pair in "a d" "d f" "w f" "b e" "e v"; do
	# shellcheck disable=SC2086 # two words
	moves $pair
done

interface() {
	case $1 in
	w) echo wire0 ;;
	v) echo wire1 ;;
	*) echo eth0 ;;
	esac
}

# What is for all: once for each of the wire, but not for who sent it, and not
# for the other wire.
everybody() {
	local sender=$1 list=$2 ns want
	for ns in $FIRST $SECOND; do
		start "count-$ns" ip netns exec "$NS-$ns" python3 \
			"$top_srcdir/tests/integration/broadcasts.py" count \
			"$(interface "$ns")" $FRAMES
		await 5 "$ns counts" has_line "count-$ns" ready
	done
	run in_ns "$sender" python3 \
		"$top_srcdir/tests/integration/broadcasts.py" send \
		"$(interface "$sender")" $FRAMES
	sleep 0.5
	for ns in $FIRST $SECOND; do
		stop "count-$ns"
		want=0
		[[ " $list " == *" $ns "* && $ns != "$sender" ]] && want=$FRAMES
		check "what $ns got of $sender's" "$(tail -n 1 "$RUN/count-$ns.log")" \
			= "$want different, $want in all"
		rm "$RUN/count-$ns.log"
	done
}
everybody f "$FIRST"
everybody d "$FIRST"
everybody w "$FIRST"
everybody e "$SECOND"

# Frames that the kernel lost between two ends of a veth.
kernel_lost() {
	local lost n=0
	while read -r _ lost _; do
		n=$((n + 16#$lost))
	done </proc/net/softnet_stat
	echo $n
}

# A wire that has always more does not keep the other waiting.
start server ip netns exec "$NS-f" iperf3 -s -1 -B "${IP[f]}"
await 5 "iperf3 listens" in_ns f sh -c "ss -Hltn | grep -q :5201"
before=$(kernel_lost)
start flood ip netns exec "$NS-w" iperf3 -c "${IP[f]}" -u -b 0 -l 64 -t 5
sleep 1
run in_ns v ping -n -q -i 0.01 -c 200 -w 10 "${IP[b]}" | tee "$RUN/beside"
stop flood INT || :
stop server || :
# What waits of it in the wire's ring would fill f's ring for some time yet; an
# answer comes behind all of that.
reach w f
log "the kernel lost $(($(kernel_lost) - before)) frames meanwhile"
check "a flood on wire 0 costs wire 1, of 200" \
	"$(sed -n 's/.* \([0-9]*\) received.*/\1/p' "$RUN/beside")" -ge 198

# A host goes and comes.  missing NAME: pings of it that were not answered.
missing() {
	sed -n 's/.* icmp_seq=\([0-9]*\) .*/\1/p' "$RUN/$1.log" | sort -nu |
		awk '{ while (++n < $1) print n }'
}
# counted: what the card says of link 0's guests, for who looks into a loss.
counted() {
	local ns
	for ns in a f b; do
		log "$ns: $(host 0 --json stats $ns |
			jq -c 'with_entries(select(.value != 0))')"
	done
}
for signal in KILL TERM KILL; do
	rm -f "$RUN"/still-*.log
	counted
	start still-0 ip netns exec "$NS-a" ping -n -i 0.005 -w 60 "${IP[f]}"
	start still-1 ip netns exec "$NS-v" ping -n -i 0.005 -w 60 "${IP[b]}"
	for pair in "a d" "d f" "w d" "e v" "b e"; do
		# shellcheck disable=SC2086 # two words
		set -- $pair
		start "load-$1-$2" ip netns exec "$NS-$1" ping -n -q -f -w 60 \
			-s 1000 "${IP[$2]}"
	done
	sleep 1
	run stop svnicd1 $signal || :
	await 5 "d lost its VIF" no_carrier d
	sleep 0.5
	for n in 0 1; do
		stop still-$n INT || :
		tail -n 2 "$RUN/still-$n.log"
		log "not answered: $(missing still-$n | xargs)"
		counted
		check "lost on link 0, wire $n" "$(missing still-$n | wc -l)" -le 1
		check "... of so many" "$(grep -c icmp_seq "$RUN/still-$n.log")" \
			-gt 50
	done
	for pair in a-d d-f w-d e-v b-e; do
		stop "load-$pair" INT || :
	done
	host_start 1
	for ns in d e; do
		await 10 "guest $ns is attached again" carrier $ns
	done
	pairs reach
done

# The same with the core: all of it is there again.
epoch=$(host 0 --json device | jq .epoch)
for _ in 1 2 3; do
	pid=$(pid_of fw)
	run kill -9 "$(cut -d ' ' -f 1 "/proc/$pid/task/$pid/children")"
	pairs reach
done
check "the card is the same" "$(host 0 --json device | jq .epoch)" = "$epoch"
everybody a "$FIRST"
for ns in a f b; do
	check "$ns: no fault" "$(host 0 --json show $ns | jq .faults)" = 0
done
for ns in d e; do
	check "$ns: no fault" "$(host 1 --json show $ns | jq .faults)" = 0
done
