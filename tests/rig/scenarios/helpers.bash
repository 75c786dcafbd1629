# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the scenarios share. One rig for a file: booted by its setup_file.

rig=$BATS_TEST_DIRNAME/../rig
# shellcheck source=../lib/svnic.sh
. "$BATS_TEST_DIRNAME/../lib/svnic.sh"
export B=10.77.0.12 WIRE=10.77.0.1

dom0() { "$rig" run "$@"; }
in_guest() { "$rig" exec -t $((120 * ${PACE:-1})) "$@"; }

# until_true SECONDS WHAT COMMAND...: poll; says what was waited for.
until_true() {
	local limit=$((SECONDS + $1 * ${PACE:-1})) what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		if ((SECONDS >= limit)); then
			echo "gave up waiting for $what" >&2
			return 1
		fi
		sleep 0.2
	done
}

# others_start GUEST: its stream and pings to b, and broadcasts from the wire,
# beside which another guest is rude.  The stream is counted by five seconds: on
# a busy machine emulation itself may stand still for three, and for longer while
# a guest is made.
others_start() {
	in_guest "$1" "iperf3 -c $B -b 4M -t 900 -i 5 --forceflush \
			>/tmp/iperf 2>&1 </dev/null &
		ping -n -i 0.2 $B >/tmp/ping 2>&1 </dev/null &
		echo \$! >/tmp/ping.pid"
	"$rig" wire ping -b -n -q -i 0.05 10.77.0.255 >/dev/null 2>&1 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/broadcasts"
}
others_end() { kill "$(cat "$BATS_FILE_TMPDIR/broadcasts")"; }
# others_went_on GUEST REPORTS: the stream had data in all of them, at least so
# many however soon the attacks are over; at most one ping of a hundred was lost.
others_went_on() {
	local reports="[ \$(grep -c 'sec .*bits/sec' /tmp/iperf) -ge $2 ]"
	until_true 60 "$2 reports of the stream" in_guest "$1" "$reports"
	in_guest "$1" 'kill -INT $(cat /tmp/ping.pid); sleep 1; tail -n 3 /tmp/ping' |
		tee "$BATS_TEST_TMPDIR/ping"
	awk '/packet loss/ { sub("%", "", $6); ok = $6 <= 1 } END { exit !ok }' \
		"$BATS_TEST_TMPDIR/ping"
	in_guest "$1" cat /tmp/iperf >"$BATS_TEST_TMPDIR/iperf"
	run grep ' 0.00 Bytes' "$BATS_TEST_TMPDIR/iperf"
	echo "$output"
	[ "$status" -eq 1 ]
	answers "$1" $B
}

# rude_lines: what the attacks of guest r have come to so far.
rude_lines() { in_guest r dmesg | sed -n 's/.*\] rude: //p'; }
# rude_end: wait for their last line, as long as there is another every minute.
rude_end() {
	local said=-1 lines
	until lines=$(rude_lines) && grep -q 'passed,.*failed' <<<"$lines"; do
		if [ "$(wc -l <<<"$lines")" != "$said" ]; then
			said=$(wc -l <<<"$lines")
			local limit=$((SECONDS + 60))
		elif ((SECONDS >= limit)); then
			echo "nothing more of the attacks for a minute;" \
				"the last: $(tail -n 1 <<<"$lines")" >&2
			return 1
		fi
		sleep 0.5
	done
}

# answers GUEST ADDRESS: three pings come back.
answers() { in_guest "$1" ping -n -q -c 3 -i 0.2 -W 2 "$2"; }

# With RIG_REUSE=yes a scenario runs on the machine that is up, with its guests,
# and leaves it: for one test again and again.
rig_start() {
	if [ "${RIG_REUSE:-}" != yes ]; then
		"$rig" up --fresh
		"$rig" push
		backend_up
	fi
	# By what all patience is multiplied: a slow machine is no fault.
	PACE=$("$rig" pace)
	export PACE
}
rig_end() { [ "${RIG_REUSE:-}" = yes ] || "$rig" down; }

# guest_here NAME OPTION...: made, unless it is there.
guest_here() { dom0 xl domid "$1" >/dev/null 2>&1 || "$rig" guest "$@"; }

# value GUEST DEVID KEY: of the backend's folder.
value() { dom0 xenstore-read "$(backend "$1" "$2")/$3"; }
connected() { [ "$(value "$1" "$2" state)" = 4 ]; }

# A time without data goes into out/gaps.json, as one of the list KEY.
gap_note() {
	local file=${SVNIC_OUT:-$BATS_TEST_DIRNAME/../../../out}/gaps.json new
	mkdir -p "${file%/*}"
	[ -s "$file" ] || echo '{}' >"$file"
	new=$(jq -S --arg key "$1" --argjson ms "$2" '.[$key] += [$ms]' "$file")
	echo "$new" >"$file"
}

# serve GUEST: fresh servers for iperf3 and riggap; what ran there ends.
serve() {
	in_guest "$1" 'kill -9 $(pidof iperf3) $(pidof riggap) 2>/dev/null
		iperf3 -s -D; riggap echo 5202 </dev/null >/dev/null 2>&1 &'
}

# readdress GUEST ADDRESS: of an eth0 that is new.
readdress() {
	in_guest "$1" "ip addr replace $2/24 dev eth0; ip link set eth0 up"
}

# carries GUEST OPTION...: iperf3 sends 16 MB with these options; some may be on
# their way when it ends.
carries() {
	local guest=$1
	shift
	in_guest "$guest" "iperf3 -n 16M -J $*" >"$BATS_TEST_TMPDIR/carries.json" &&
		jq -e '.end.sum_received.bytes > 8e6' \
			"$BATS_TEST_TMPDIR/carries.json" && return 0
	jq -c '[.error, .end.sum_sent, .end.sum_received]' \
		"$BATS_TEST_TMPDIR/carries.json"
	return 1
}

# probe_start GUEST SECONDS [ADDRESS]: measure the path to ADDRESS, or the wire;
# probe_end GUEST: wait for it and print the result.
probe_start() {
	in_guest "$1" "rm -f /tmp/gap
		riggap probe ${3:-$WIRE} 5202 $(($2 * ${PACE:-1})) >/tmp/gap 2>&1 </dev/null &"
}
probe_end() {
	until_true 40 "the end of the probe" in_guest "$1" test -s /tmp/gap
	in_guest "$1" cat /tmp/gap
}
# gap_within MS RESULT: not counting the longest pause that the prober had itself.
gap_within() {
	jq -e --argjson most $(($1 * ${PACE:-1})) '.gap_ms - .own_ms < $most' <<<"$2"
}
# few_lost RESULT: what goes by while one process follows another.
few_lost() { jq -e --argjson most $((50 * ${PACE:-1})) '.lost < $most' <<<"$1"; }

# load_start GUEST [SERVER]: a connection that sends until load_end; a line for
# each half second.
load_start() {
	in_guest "$1" "rm -f /tmp/load*
		(iperf3 -c ${2:-$B} -t 3600 -i 0.5 --forceflush >/tmp/load 2>&1 &
		echo \$! >/tmp/load.pid; wait; : >/tmp/load.over) </dev/null >/dev/null 2>&1 &"
	load_moves "$1"
}
# load_moves GUEST: data goes on to come, or comes again.
load_moves() {
	local before
	before=$(load_count "$1")
	until_true 60 "data of the connection" load_beyond "$1" "$before" || {
		in_guest "$1" tail -n 12 /tmp/load
		return 1
	}
}
# load_count GUEST: half seconds with data.
load_count() {
	in_guest "$1" "grep 'bits/sec' /tmp/load | grep -vc ' 0.00 bits/sec' || :"
}
load_beyond() { (($(load_count "$1") >= $2 + 2)); }
# load_end GUEST: it lives, had no error, and data comes.
load_end() {
	load_moves "$1"
	in_guest "$1" 'if [ -e /tmp/load.over ]; then cat /tmp/load; exit 1; fi
		kill -INT $(cat /tmp/load.pid)'
	until_true 20 "the end of the connection" in_guest "$1" test -e /tmp/load.over
}

# svnicd_again SIGNAL: ends it and starts another at once, in one command.
svnicd_again() {
	dom0 "kill -$1 \$(cat /run/svnicd.pid)
		while kill -0 \$(cat /run/svnicd.pid) 2>/dev/null; do usleep 1000; done
		svnicd --foreground </dev/null >>/var/log/svnicd.log 2>&1 &
		echo \$! >/run/svnicd.pid"
}

# svnicd_with OPTION...: another one with these options.
svnicd_with() {
	dom0 "kill \$(cat /run/svnicd.pid)
		while kill -0 \$(cat /run/svnicd.pid) 2>/dev/null; do usleep 1000; done
		svnicd $* </dev/null >>/var/log/svnicd.log 2>&1 &
		echo \$! >/run/svnicd.pid"
	until_true 20 "svnicd" dom0 svnic-admin device
}
# svnicd_waits: the one that stands by is there, and has come to its wait.
svnicd_waits() {
	until_true 20 "a standby" dom0 'pid=$(pidof svnicd-standby) &&
		grep -q poll /proc/$pid/wchan'
}

# staged VIF NR: so many pages of its netif rings are mapped in dom0.
staged() { dom0 svnic-admin --json show "$1" | jq -e ".netif.staged == $2"; }
# copies VIF: frames that Xen has copied.
copies() { dom0 svnic-admin --json stats "$1" | jq .netif_copies; }

domid() { dom0 xl domid "$1"; }

# frontend GUEST DEVID, backend GUEST DEVID: their XenStore folders.
frontend() { echo "/local/domain/$(domid "$1")/device/vif/$2"; }
backend() { echo "/local/domain/0/backend/vif/$(domid "$1")/$2"; }

# vif_direct GUEST DEVID: the direct path is up.  The domain is asked for first:
# in the pipe ssh would read what jq is to read.
vif_direct() {
	local vif
	vif=$(domid "$1").$2
	dom0 svnic-admin --json list | jq -es --arg v "$vif" \
		'any(.[][]; .vif == $v and .direct)' >/dev/null
}

vif_count() { dom0 svnic-admin --json list | jq length; }

# Nothing that a guest did may leave a trace of this kind in dom0's kernel.
dom0_healthy() {
	! dom0 dmesg | grep -E 'BUG|WARNING|Oops|Call Trace|general protection'
}
