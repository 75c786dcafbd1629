#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Limits are set, act, are counted and are kept: by class and by command, over
# a restart of svnicd, of the core and of the card; see lib.sh for the drawing.
. "$(dirname "$0")/lib.sh"

# limit VIF KEY: of those that `svnic-admin show` tells.
limit() { field "$1" "limits.$2"; }

has_limit() { [ "$(limit "$1" "$2")" = "$3" ]; }

configure() {
	cat >"$RUN/svnicd.yaml" <<END
platform: local
local: {card: $RUN/card.sock, tenants: $RUN/vif}
classes:
  gold: {weight: 4, min_rate: "$1", rx_rate: 5 Gbit/s}
  silver: {weight: 2, storm: 200}
  trusted: {storm: 0}
networks:
  net0: {port: 0, class: silver, speed: 10Gb/s}
  inner: {segment: 100}
guests: {g: gold}
END
}

setup
run "$SVNICD" --check-config --config "$top_srcdir/backend/svnicd/svnicd.yaml"
configure "1 Gbit/s"
start_fw
start_svnicd
await 10 "svnicd has the card" card_ready
run admin create a
run admin create b
run admin create g
run admin create i --network inner --class trusted

# Where each comes from.
check "class of a network" "$(field a class)" = silver
check "its storm limit" "$(limit a storm) $(limit a storm_from)" = "200 class"
check "its weight" "$(limit a weight)" = 2
check "class of a guest" "$(field g class) $(limit g class_from)" = "gold guest"
check "in octets" "$(limit g min_rate) $(limit g rx_rate)" = \
	"125000000 625000000"
check "by command" "$(field i class) $(limit i storm)" = "trusted 0"
run admin set i --class default
check "out of the box" "$(limit i storm) $(limit i storm_from)" = \
	"1000 defaults"
run admin set g --rate "2.5 Gbit/s" --storm 10
check "of the VIF itself" "$(limit g rate) $(limit g storm_from)" = \
	"312500000 vif"
run admin set g --rate default --storm default
check "and no more" "$(limit g rate_from) $(limit g storm)" = "defaults 1000"

refuse 2 "1Gb/s is more than rate 10Mb/s" admin set g --rate 10Mb/s
refuse 2 "such as 100Mb/s or 10MB/s" admin set g --rx-rate 100
refuse 2 "up to 65535" admin set g --storm 70000
refuse 2 "gold, silver, trusted" admin set g --class iron
refuse 1 "9500Mb/s and the 1Gb/s that others are guaranteed are more than the 10Gb/s" \
	admin set a --min-rate 9.5Gb/s
refuse 1 "20Gb/s and the 1Gb/s" admin create c --min-rate 20Gb/s
refuse 1 "\"c\"" admin show c

start_guest a 192.0.2.1
start_guest b 192.0.2.2
await 5 "guest a is attached" carrier a
await 5 "guest b is attached" carrier b
await 5 "first answer" ping_once a 192.0.2.2

# What it gets.  Wide bounds: the machine may have much else to do.
run admin set b --rx-rate 50Mb/s
iperf a b 192.0.2.2 -t 3 -u -b 200M -l 1400
check "b gets no more, Mbit/s" "$RESULT" -lt 65
check "but so much, Mbit/s" "$RESULT" -gt 20
check "counted" "$(limit b rx_rate_drops)" -gt 1000
run admin set b --rx-rate default
iperf a b 192.0.2.2 -t 2 -u -b 200M -l 1400
check "b gets more again, Mbit/s" "$RESULT" -gt 75

# What it sends.
run admin set a --rate 30Mb/s
iperf a b 192.0.2.2 -t 3
check "a sends no more, Mbit/s" "$RESULT" -lt 40
check "counted" "$(limit a throttled)" -gt 10
run admin set a --rate 0

# Group frames; those for one receiver do not count.
before=$(field b rx_frames)
run admin set a --storm 50
in_ns a ping -q -b -n -l 900 -c 900 -w 2 192.0.2.255 || :
drops=$(limit a storm_drops)
got=$(($(field b rx_frames) - before))
check "a storm is cut" "$drops" -gt 300
check "of which b sees the rest" "$got" -lt 400
await 5 "a reaches b" ping_once a 192.0.2.2
iperf a b 192.0.2.2 -t 1 -u -b 20M
check "others pass, Mbit/s" "$RESULT" -gt 5
check "no drop of these" "$(($(limit a storm_drops) - drops))" -lt 20

# A guaranteed rate beside seven VIFs that send all they can, on network inner;
# bench fairness has the times.
if [ -x "$top_builddir/fair" ]; then
	for vif in victim peer sink stuck flood{0..6}; do
		admin create "$vif" --network inner >/dev/null
	done
	run admin set victim --min-rate 50Mb/s
	log "\$ fair -f all"
	"$top_builddir/fair" -f all -t 0.6 "$RUN/vif" >"$RUN/fair.json"
	cat "$RUN/fair.json"
	check "the victim loses less than 1 %" \
		"$(jq '.flooded.loss_percent < 1' "$RUN/fair.json")" = true
	check "the flood was one" \
		"$(jq '.flooded.flood_mpps > 0.5' "$RUN/fair.json")" = true
	check "storms were cut" "$(limit flood1 storm_drops)" -gt 1000
fi

# What was set stays.
run admin set a --rx-rate 1Gb/s --class trusted --rate 90Mb/s
kept() {
	check "$1: storm" "$(limit a storm) $(limit a storm_from)" = "50 vif"
	check "$1: rx_rate" "$(limit a rx_rate)" = 125000000
	check "$1: rate" "$(limit a rate)" = 11250000
	check "$1: class" "$(field a class) $(limit a class_from)" = \
		"trusted vif"
	check "$1: min_rate" "$(limit g min_rate)" = 125000000
}
run stop svnicd KILL
start_svnicd
await 10 "svnicd has the card again" card_ready
kept "svnicd killed"
children=/proc/$(pid_of fw)/task/$(pid_of fw)/children
core=$(tr -d ' ' <"$children")
run kill -KILL "$core"
await 5 "another core" sh -c "tr -d ' ' <$children | grep -q . &&
	! grep -q $core $children"
kept "core killed"
await 5 "a reaches b" ping_once a 192.0.2.2
run stop svnicd
run stop fw KILL
start_svnicd
start_fw
await 10 "svnicd has the card again" card_ready
await 5 "a is on the card" sh -c "'$ADMIN' --socket '$RUN/svnicd.sock' \
	--json show a | jq -e '.number != null'"
kept "another card"

# Classes hold as soon as the file was read again, and warn.
configure "11 Gbit/s"
run kill -HUP "$(pid_of svnicd)"
await 5 "another min_rate" has_limit g min_rate 1375000000
check "more than there is" "$(limit g note | grep -c "10Gb/s of port 0")" = 1
await 5 "in the log" has_line svnicd "11Gb/s is more than"
run admin list
run admin show g
