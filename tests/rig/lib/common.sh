# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Messages, waiting with progress, and processes that are known by pid and
# start time, so that nothing is ever stopped by its name.

say() { printf 'rig: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Seconds since boot with two decimals; no process started.
uptime_now() {
	local up _
	read -r up _ </proc/uptime
	printf '%s' "$up"
}

# since T: seconds that passed, one decimal.
since() {
	local a=${1/./} b
	b=$(uptime_now)
	b=${b/./}
	printf '%d.%d' $(((b - a) / 100)) $(((b - a) / 10 % 10))
}

# need PROGRAM...: each must be there, or say which packages to install.
need() {
	local p missing=()
	for p; do
		command -v "$p" >/dev/null || missing+=("$p")
	done
	[ ${#missing[@]} -eq 0 ] && return 0
	die "missing: ${missing[*]}; install the packages in $RIG_DIR/packages:" \
		"apt-get install --no-install-recommends" \
		"\$(grep -v '^#' $RIG_DIR/packages)"
}

# wait_for WHAT SECONDS ALIVE COMMAND...: until COMMAND succeeds. Shows what
# it waits for. ALIVE names a process of ours that must stay up meanwhile.
wait_for() {
	local what=$1 limit=$2 alive=$3 start shown=0 t
	shift 3
	start=$(uptime_now)
	until "$@" >/dev/null 2>&1; do
		t=$(since "$start")
		if [ -n "$alive" ] && ! proc_alive "$alive"; then
			say "$alive ended while waiting for $what; see: rig log $alive"
			return 1
		fi
		if [ "${t%.*}" -ge "$limit" ]; then
			say "gave up after $t s waiting for $what"
			return 1
		fi
		if [ -t 2 ]; then
			printf '\rrig: waiting for %s: %s s ' "$what" "$t" >&2
			shown=1
		elif [ "${t%.*}" -ge $((shown + 5)) ]; then
			shown=${t%.*}
			say "waiting for $what: $t s"
		fi
		sleep 0.1
	done
	[ -t 2 ] && [ "$shown" -ne 0 ] && printf '\r' >&2
	say "$what: $(since "$start") s"
}

# Field 22 of /proc/PID/stat: with the pid it names one process for ever.
proc_start_time() {
	local stat
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	stat=${stat##*) }
	# shellcheck disable=SC2086 # fields are wanted
	set -- $stat
	printf '%s' "${20}"
}

# proc_start NAME LOG COMMAND...: in the background, and remembered.
proc_start() {
	local name=$1 log=$2 pid
	shift 2
	setsid "$@" </dev/null >>"$log" 2>&1 9>&- &
	pid=$!
	mkdir -p "$RUN/pids"
	printf '%s %s\n' "$pid" "$(proc_start_time "$pid")" >"$RUN/pids/$name"
}

# proc_pid NAME: its pid, only while it is still the process we started.
proc_pid() {
	local pid start
	[ -f "$RUN/pids/$1" ] || return 1
	read -r pid start <"$RUN/pids/$1"
	[ "$(proc_start_time "$pid")" = "$start" ] || return 1
	[ "$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$pid/status")" != Z ] ||
		return 1
	printf '%s' "$pid"
}

proc_alive() { proc_pid "$1" >/dev/null; }
proc_gone() { ! proc_alive "$1"; }

proc_stop() {
	local pid
	if pid=$(proc_pid "$1"); then
		kill "$pid" 2>/dev/null
		wait_quiet 5 proc_gone "$1" || kill -9 "$pid" 2>/dev/null
		wait_quiet 5 proc_gone "$1" || say "$1 (pid $pid) does not end"
	fi
	rm -f "$RUN/pids/$1"
}

wait_quiet() {
	local n=$(($1 * 20))
	shift
	until "$@"; do
		[ $((n--)) -gt 0 ] || return 1
		sleep 0.05
	done
}

# hash_of: of the text on stdin, twelve digits.
hash_of() { sha256sum | cut -c1-12; }
