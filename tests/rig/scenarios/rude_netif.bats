# SPDX-License-Identifier: GPL-2.0-only
# A guest that attacks by its netif rings (tests/rig/rude/net_*.c), beside a
# stock and a direct one that talk all the time.  Only the rude one may notice.
#
#   guest a (stock) ---+                        +--- wire0: broadcasts, 20 a second
#   guest b (direct) --+--- card --- svw0 ------+    (they ask for receive slots)
#   guest r (rude) ----+    net0

load helpers

setup_file() {
	rig_start
	guest_here a --type=stock --mem=160
	guest_here b --type=svnic --mem=160
	guest_here r --type=stock --mods=none --mem=160
	until_true 20 "a's vif" connected a 0
	until_true 20 "the direct path of b" vif_direct b 0
	serve b
	others_start a
}

teardown_file() {
	others_end
	rig_end
}

svnicd_kb() { dom0 'sed -n "s/^VmRSS: *\([0-9]*\) kB/\1/p" /proc/$(cat /run/svnicd.pid)/status'; }
svnicd_files() { dom0 'ls /proc/$(cat /run/svnicd.pid)/fd | wc -l'; }

@test "every attack ends as it should" {
	dom0 'dmesg | wc -l' >"$BATS_FILE_TMPDIR/dmesg"
	dom0 'wc -l </var/log/svnicd.log' >"$BATS_FILE_TMPDIR/svnicd"
	svnicd_kb >"$BATS_FILE_TMPDIR/kb"
	svnicd_files >"$BATS_FILE_TMPDIR/files"
	dom0 'cat /run/svnicd.pid' >"$BATS_FILE_TMPDIR/pid"
	in_guest r loadmod svnic_rudenet
	rude_end
	run rude_lines
	echo "$output" | grep -v '^ok'
	[[ $output != *FAILED* ]]
	[[ $output == *' passed, 0 failed'* ]]
	[ "$(grep -c '^ok' <<<"$output")" -ge 200 ]
}

@test "svnicd lives, and is no larger" {
	local kb files
	dom0 "kill -0 $(cat "$BATS_FILE_TMPDIR/pid")"
	kb=$(svnicd_kb) files=$(svnicd_files)
	echo "$(cat "$BATS_FILE_TMPDIR/kb") kB before, $kb after;" \
		"$(cat "$BATS_FILE_TMPDIR/files") files before, $files after"
	((kb < $(cat "$BATS_FILE_TMPDIR/kb") + 2048))
	((files <= $(cat "$BATS_FILE_TMPDIR/files") + 2))
}

@test "the others were not touched" {
	for guest in a b; do
		dom0 svnic-admin --json show $guest.0 |
			jq -e '.faults == 0 and .state == "connected"'
	done
}

@test "after xl destroy nothing of the rude guest is left" {
	local id
	id=$(domid r)
	dom0 xl destroy r
	until_true 15 "domain $id to go" dom0 "! xl list $id"
	until_true 10 "no page of $id mapped" dom0 "! xl list | grep -q '(null)'"
	[ "$(vif_count)" = 2 ]
}

@test "the others' traffic never stopped" {
	others_went_on a 4
}

@test "nobody can fill dom0's logs" {
	local dmesg svnicd
	dmesg=$(($(dom0 'dmesg | wc -l') - $(cat "$BATS_FILE_TMPDIR/dmesg")))
	svnicd=$(($(dom0 'wc -l </var/log/svnicd.log') - $(cat "$BATS_FILE_TMPDIR/svnicd")))
	echo "$dmesg lines of dom0's kernel, $svnicd of svnicd"
	((dmesg < 100 && svnicd < 600))
}

@test "no warning in dom0's kernel" {
	dom0_healthy
}
