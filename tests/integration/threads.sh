#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Threads that the machine does not give: svnic-fw says so and ends with an
# error; an owner whose next core is refused them tries again, at a pace, and
# when there are enough the VIFs are as they were.  See lib.sh for the drawing;
# here the card has no wire and is run by a user of whom there is nothing else.
. "$(dirname "$0")/lib.sh"

for tool in prlimit setpriv timeout; do
	command -v "$tool" >/dev/null || skip "$tool is not installed"
done
setup
USER_ID=$((40000 + $$ % 20000))
while ps -o pid= -U "$USER_ID" >/dev/null; do
	USER_ID=$((USER_ID + 1))
done
run cp "$FW" "$RUN/svnic-fw"
run chown "$USER_ID" "$RUN"

# The card of that user, who may have so many processes and threads.
user=(setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups)
fw=("$RUN/svnic-fw" --link "unix:$RUN/card.sock" --max-vifs 64 --workers 3)
"${user[@]}" true 2>/dev/null || skip "no other users here"

text="no thread for worker 1: Resource temporarily unavailable"
refuse 1 "$text" timeout 60 "${user[@]}" prlimit --nproc=1 "${fw[@]}" --no-supervise
refuse 1 "$text" timeout 60 "${user[@]}" prlimit --nproc=2 "${fw[@]}"
check "the owner did not try again" "$(grep -c "no thread" "$RUN/refused.err")" = 1
check "no socket is left" ! -e "$RUN/card.sock"

refused() { grep -c "no thread for worker" "$RUN/fw.log" || :; }
core_pid() {
	local pid
	pid=$(cat "/proc/$OWNER/task/$OWNER/children") && echo "${pid%% *}"
}

taken_over() { grep -c "has taken over" "$RUN/fw.log" || :; }
is_back() { [ "$(taken_over)" -gt "$1" ]; }

# Owner, core and two threads: four.
start fw "${user[@]}" prlimit --nproc=4 "${fw[@]}"
OWNER=$(pid_of fw)
start_svnicd
await 10 "svnicd has the card" card_ready
for guest in a b; do
	run admin create $guest --network inner
done
start_guest a 192.0.2.1
start_guest b 192.0.2.2
await 5 "a reaches b" ping_once a 192.0.2.2
epoch=$(admin --json device | jq .epoch)

# The next core gets no threads, then not even a process.
for limit in 2 1; do
	back=$(taken_over)
	died=$(grep -c "did not start" "$RUN/fw.log" || :)
	run "${user[@]}" prlimit --pid "$OWNER" --nproc=$limit:4
	sleep 0.5 # a core that dies early makes its owner wait
	run kill -9 "$(core_pid)"
	sleep 2
	died=$(($(grep -c "did not start" "$RUN/fw.log") - died))
	check "the owner tries again" "$died" -gt 3
	check "... but not all the time" "$died" -lt 15
	run "${user[@]}" prlimit --pid "$OWNER" --nproc=4:4
	await 10 "a core" is_back "$back"
	await 10 "a reaches b" ping_once a 192.0.2.2
done
check "a reason is given" "$(refused)" -gt 3
check "the card is the same" "$(admin --json device | jq .epoch)" = "$epoch"
check "no VIF was lost" "$(admin --json list | jq length)" = 2
check "nor begun anew" "$(grep -c "starts anew" "$RUN/fw.log" || :)" = 0
stop guest-a
stop guest-b
stop svnicd
stop fw
