# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the local integration tests share: the whole card on one machine.
#
#   ns $NS-a            ns $NS-b            ns $NS-w
#   eth0 192.0.2.1      eth0 192.0.2.2      wire0 192.0.2.9
#      | svnic-guest       | svnic-guest       |
#      |                   |                   |
#    VIF a ---------+--- VIF b                 | veth
#                   |                          |
#                svnic-fw -------------- card0 |
#                   | vfio-user   (ns $NS-c)
#                svnicd --platform local  <--- svnic-admin
#
# A test sources this file, calls `setup` and then what it needs.  Every
# command is logged; every process is started by `start` and stopped by its
# process id; nothing waits for a time when it can wait for a state.
# Environment: top_builddir, top_srcdir (set by `make check`), KEEP=1 keeps
# the folder of the run.
set -euo pipefail

top_builddir=${top_builddir:-.}
top_srcdir=${top_srcdir:-.}
FW=$top_builddir/svnic-fw
SVNICD=$top_builddir/svnicd
ADMIN=$top_builddir/svnic-admin
GUEST=$top_builddir/svnic-guest
NS=svit$$
RUN=
PIDS=()

log() { printf '%s %s\n' "$(date +%H:%M:%S)" "$*" >&2; }
FAILURE=
die() {
	FAILURE=$*
	log "FAILED: $*"
	exit 1
}
skip() {
	log "skipped: $*"
	exit 77
}

# run COMMAND...: logged; its failure ends the test.
run() {
	log "\$ $*"
	"$@"
}

# refuse CODE TEXT COMMAND...: it must end with CODE and say TEXT on stderr.
refuse() {
	local code=$1 text=$2 got=0
	shift 2
	log "\$ $*   (must end with $code and say \"$text\")"
	"$@" >"$RUN/refused.out" 2>"$RUN/refused.err" || got=$?
	sed 's/^/    /' "$RUN/refused.err"
	[ "$got" = "$code" ] || die "it ended with $got"
	grep -qF -- "$text" "$RUN/refused.err" || die "it did not say so"
}

# check TEXT CONDITION...: a condition for test(1).
check() {
	local text=$1
	shift
	if test "$@"; then
		log "ok: $text ($*)"
	else
		die "$text ($*)"
	fi
}

# await SECONDS TEXT COMMAND...: wait until it succeeds.
await() {
	local end=$((SECONDS + $1)) text=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -ge "$end" ]; then
			die "$text does not come: $*"
		fi
		sleep 0.02
	done
	log "ok: $text"
}

# start NAME COMMAND...: in the background, output in $RUN/NAME.log.  COMMAND
# may be in_ns, but no other function: the process id must be the command's.
start() {
	local name=$1
	shift
	if [ "$1" = in_ns ]; then
		set -- ip netns exec "$NS-$2" "${@:3}"
	fi
	log "\$ $* &   (log: $name.log)"
	"$@" >>"$RUN/$name.log" 2>&1 </dev/null &
	PIDS+=("$name:$!")
}

pid_of() {
	local entry
	for entry in "${PIDS[@]}"; do
		[ "${entry%%:*}" = "$1" ] && echo "${entry#*:}"
	done
	return 0
}

# stop NAME [SIGNAL]: its exit code is that of `stop`, 0 for a killed one.
stop() {
	local name=$1 signal=${2:-TERM} pid entry rest=() code=0
	pid=$(pid_of "$name")
	[ -n "$pid" ] || return 0
	log "\$ kill -$signal $pid   ($name)"
	kill "-$signal" "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || code=$?
	for entry in "${PIDS[@]}"; do
		[ "${entry%%:*}" = "$name" ] || rest+=("$entry")
	done
	PIDS=("${rest[@]}")
	[ "$code" -gt 128 ] && code=0
	return "$code"
}

cleanup() {
	local code=$? entry ns
	trap - EXIT
	for entry in "${PIDS[@]}"; do
		kill "${entry#*:}" 2>/dev/null || :
	done
	for entry in "${PIDS[@]}"; do
		wait "${entry#*:}" 2>/dev/null || :
	done
	for ns in a b w c ${MORE_NS:-}; do
		ip netns del "$NS-$ns" 2>/dev/null || :
	done
	if [ -n "$RUN" ]; then
		if [ "$code" != 0 ] && [ "$code" != 77 ]; then
			for entry in "$RUN"/*.log; do
				log "--- the end of ${entry##*/}"
				tail -n 15 "$entry"
			done
		fi
		[ -n "${KEEP:-}" ] || rm -rf "$RUN"
	fi
	# Once more, below the logs.
	[ -z "$FAILURE" ] || log "FAILED: $FAILURE"
	exit "$code"
}

in_ns() {
	local ns=$1
	shift
	ip netns exec "$NS-$ns" "$@"
}

admin() { "$ADMIN" --socket "$RUN/svnicd.sock" "$@"; }

# field VIF KEY: of `svnic-admin show`.
field() { admin --json show "$1" | jq -r ".$2"; }

has_line() { grep -q -- "$2" "$RUN/$1.log"; }

start_fw() {
	start fw ip netns exec "$NS-c" "$FW" --link "unix:$RUN/card.sock" \
		--wire "0=${WIRE:-packet:card0}" --max-vifs 64 \
		--workers "${WORKERS:-1}"
}

start_svnicd() {
	start svnicd "$SVNICD" --config "$RUN/svnicd.yaml" \
		--platform local --socket "$RUN/svnicd.sock"
}

# start_guest NAME IP [OPTION...]: in the namespace of that name.
start_guest() {
	start "guest-$1" ip netns exec "$NS-$1" "$GUEST" --vif "$1" \
		--socket-dir "$RUN/vif" --tap eth0 --address "$2/24" "${@:3}"
}

card_ready() { admin --json device; }
carrier() { [ "$(in_ns "$1" cat /sys/class/net/eth0/carrier)" = 1 ]; }
no_carrier() { [ "$(in_ns "$1" cat /sys/class/net/eth0/carrier)" = 0 ]; }
ping_once() { in_ns "$1" ping -c 1 -W 1 -n "$2"; }

setup() {
	local tool
	[ "$(id -u)" = 0 ] || skip "root is needed, for network namespaces"
	for tool in ip jq ping iperf3 tcpdump; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
	[ -c /dev/net/tun ] || skip "there is no /dev/net/tun"
	for tool in "$FW" "$SVNICD" "$ADMIN" "$GUEST"; do
		[ -x "$tool" ] || skip "$tool was not built"
	done
	RUN=$(mktemp -d "${TMPDIR:-/tmp}/svnic-it.XXXXXX")
	trap cleanup EXIT
	ip netns add "$NS-c" 2>/dev/null || skip "no network namespaces here"
	cat >"$RUN/svnicd.yaml" <<END
platform: local
local:
  card: $RUN/card.sock
  tenants: $RUN/vif
networks:
  net0: {port: 0}
  inner: {segment: 100}
END
	for tool in a b w; do
		run ip netns add "$NS-$tool"
	done
	run ip link add card0 netns "$NS-c" type veth peer wire0 netns "$NS-w"
	run ip -n "$NS-c" link set card0 up mtu 9000
	run ip -n "$NS-w" link set wire0 up mtu 9000
	run ip -n "$NS-w" addr add 192.0.2.9/24 dev wire0
}

# The whole drawing above, with an mtu for both VIFs.
setup_guests() {
	local mtu=$1
	setup
	start_fw
	start_svnicd
	await 10 "svnicd has the card" card_ready
	run admin create a --network net0 --mtu "$mtu"
	run admin create b --network net0 --mtu "$mtu"
	start_guest a 192.0.2.1
	start_guest b 192.0.2.2
	await 5 "guest a is attached" carrier a
	await 5 "guest b is attached" carrier b
}

# iperf FROM TO-NS TO-IP [OPTION...]: RESULT is what arrived, in Mbit/s.
iperf() {
	local from=$1 to=$2 ip=$3 out
	shift 3
	start iperf-server ip netns exec "$NS-$to" iperf3 -s -1 -B "$ip"
	await 5 "iperf3 listens" in_ns "$to" sh -c "ss -Hltn | grep -q :5201"
	log "\$ ip netns exec $NS-$from iperf3 -J -c $ip $*"
	out=$(in_ns "$from" iperf3 -J -c "$ip" "$@") || die "iperf3: $out"
	stop iperf-server || :
	RESULT=$(jq -r '.end | if .sum_received then .sum_received.bits_per_second
		else .sum.bits_per_second * (100 - .sum.lost_percent) / 100 end |
		. / 1e6 | floor' <<<"$out")
	log "result: $RESULT Mbit/s"
}
