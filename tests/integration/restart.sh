#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# svnicd and svnic-fw killed and started again under traffic: all comes back
# by itself; see lib.sh for the drawing.
. "$(dirname "$0")/lib.sh"

setup_guests 1500
await 5 "first answer" ping_once a 192.0.2.2
mac=$(field a mac)

start flood in_ns a ping -q -i 0.01 -w 60 192.0.2.2

run stop svnicd KILL
start_svnicd
await 10 "svnicd has the card again" card_ready
await 5 "a is attached again" carrier a
await 5 "b is attached again" carrier b
await 5 "a reaches b" ping_once a 192.0.2.2
check "a has its address" "$(field a mac)" = "$mac"

run stop svnicd TERM
start_svnicd
await 10 "svnicd has the card again" card_ready
await 5 "a reaches b" ping_once a 192.0.2.2

run stop fw KILL
await 5 "a lost its VIF" no_carrier a
refuse 1 "svnic-fw" admin device
start_fw
await 5 "svnicd has the card again" card_ready
await 5 "a is attached again" carrier a
await 5 "b is attached again" carrier b
await 5 "a reaches b" ping_once a 192.0.2.2
await 5 "a reaches the wire" ping_once a 192.0.2.9
run stop flood INT
tail -n 3 "$RUN/flood.log"
run admin list

# svnicd first, the card later.
run stop svnicd
run stop fw
start_svnicd
await 5 "svnicd is there" has_line svnicd "cannot connect to svnic-fw"
refuse 1 "svnic-fw" admin device
start_fw
await 5 "svnicd has the card" card_ready
await 5 "a reaches b" ping_once a 192.0.2.2
