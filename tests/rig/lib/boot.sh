# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Starts and stops the machine: the card, then QEMU with Xen and dom0.

PACE_S=8 # see rig_pace()

# For dom0 and the guests. rodata=off and lsm= each save half a second of boot
# under emulation and change nothing that is tested here.
LINUX_CMDLINE="mitigations=off clocksource=xen tsc=unstable audit=0 rodata=off lsm= cryptomgr.notests=1 ${RIG_LINUX_ARGS:-}"

# The processor offers virtualization and the kernel lets us use it. The device
# node alone proves nothing.
kvm_ok() {
	grep -qwE 'vmx|svm' /proc/cpuinfo && [ -w /dev/kvm ] &&
		(exec 3<>/dev/kvm) 2>/dev/null
}

fw_listening() {
	local pid
	pid=$(proc_pid fw) || return 1
	# Flag 00010000: the socket accepts connections.
	awk -v p="$RUN/link0.sock" '$4 == "00010000" && $8 == p { ok = 1 }
		END { exit !ok }' "/proc/$pid/net/unix"
}

# The card must be in the slot before QEMU starts. Sets CARD to its socket.
card_up() {
	CARD=
	if [ "$1" = no ]; then
		say "no card (--no-card)"
		return
	fi
	if [ ! -x "${RIG_FW%% *}" ]; then
		say "no card: there is no ${RIG_FW%% *}; build it, or set RIG_FW"
		return
	fi
	rm -f "$RUN/link0.sock"
	# shellcheck disable=SC2086 # RIG_FW may hold options
	proc_start fw "$RUN/fw.log" ip netns exec "$NS_CARD" $RIG_FW \
		--link "unix:$RUN/link0.sock" --wire 0=packet:svw0 \
		--workers "${RIG_WORKERS:-1}"
	if ! wait_for "the card's socket" 20 fw fw_listening; then
		tail -n 5 "$RUN/fw.log" >&2
		rig_down
		exit 1
	fi
	CARD=$RUN/link0.sock
}

# One free port of the loopback.
free_port() {
	local p
	for p in $(shuf -i 20000-29999 -n 50); do
		(exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || break
	done
	printf '%s' "$p"
}

qemu_up() {
	local accel cpu args
	if kvm_ok; then
		accel=(-accel kvm)
		cpu=${RIG_CPU:-host}
	else
		accel=(-accel "tcg,thread=multi,tb-size=${RIG_TB:-512}")
		cpu=${RIG_CPU:-qemu64,+svm}
	fi
	PORT=$(free_port)
	# shellcheck disable=SC2054 # QEMU's own commas
	args=(
		-name svnic-rig -no-reboot -nodefaults -no-user-config -display none
		-machine q35,memory-backend=mem
		-object "memory-backend-memfd,id=mem,size=${MEM}M,share=on"
		"${accel[@]}" -cpu "$cpu" -smp "$SMP"
		-kernel "$TREE/xen" -append "$XEN_CMDLINE"
		-initrd "$TREE/vmlinux $DOM0_CMDLINE,$DOM0/initrd"
		-chardev "socket,id=ser,path=$RUN/serial.sock,server=on,wait=off,logfile=$RUN/serial.log"
		-serial chardev:ser
		-qmp "unix:$RUN/qmp.sock,server=on,wait=off"
		-netdev "user,id=mgmt,restrict=on,hostfwd=tcp:127.0.0.1:$PORT-:22"
		-device virtio-net-pci,netdev=mgmt,romfile=,addr=2
		# dom0 copies the guests' kernel and initrd from these two: in
		# its own initramfs they would cost 1 s before it starts.
		-drive "id=kernel,if=none,format=raw,readonly=on,file=$TREE/vmlinux"
		-device virtio-blk-pci,drive=kernel,addr=3
		-drive "id=initrd,if=none,format=raw,readonly=on,file=$GUEST/initrd"
		-device virtio-blk-pci,drive=initrd,addr=4
	)
	if [ -n "$CARD" ]; then
		args+=(-device "{\"driver\":\"vfio-user-pci\",\"addr\":\"0x10\",\"rombar\":0,\"socket\":{\"type\":\"unix\",\"path\":\"$CARD\"}}")
	fi
	# shellcheck disable=SC2206 # several
	args+=(${RIG_QEMU_ARGS:-})
	printf '%s\n' "$QEMU ${args[*]}" >"$RUN/qemu.log"
	: >"$RUN/serial.log"
	proc_start qemu "$RUN/qemu.log" "$QEMU" "${args[@]}"
	printf 'PORT=%s\nSMP=%s\nKVER=%s\nDOM0=%s\nSTART=%s\n' "$PORT" "$SMP" \
		"$KVER" "$DOM0" "$(uptime_now)" >"$RUN/machine"
}

# machine_load: what `up` wrote down about the running machine.
machine_load() {
	proc_alive qemu || die "the machine is not running; start it: rig up"
	# shellcheck disable=SC1091 # written by qemu_up
	. "$RUN/machine"
	touch "$DOM0"
	SSH=(ssh -F none -p "$PORT" -i "$DOM0/key" -o BatchMode=yes
		-o HostKeyAlias=rig -o "UserKnownHostsFile=$DOM0/known_hosts"
		-o LogLevel=ERROR -o ConnectTimeout=10 -o ServerAliveInterval=30
		-o ControlPath="$RUN/ssh.ctl" -o ControlMaster=auto
		-o ControlPersist=yes root@127.0.0.1)
}

# dom0 says so on its console; asking by ssh again and again would slow it down.
dom0_ready() {
	grep -qa '^rig: ready' "$RUN/serial.log" &&
		"${SSH[@]}" 'test -f /run/rig/ready' </dev/null
}

rig_up() {
	local card=yes fresh=no start
	MEM=${RIG_MEM:-3072}
	SMP=${RIG_SMP:-3}
	while [ $# -gt 0 ]; do
		case $1 in
		--mem) MEM=${2:?--mem wants MiB}; shift ;;
		--smp) SMP=${2:?--smp wants a number}; shift ;;
		--no-card) card=no ;;
		--fresh) fresh=yes ;;
		*) die "up: unknown option $1; see rig help" ;;
		esac
		shift
	done
	[ "$(id -u)" = 0 ] || die "needs root, for network namespaces"
	if proc_alive qemu; then
		if [ "$fresh" = no ]; then
			say "already up; see rig status, or use rig up --fresh"
			return 0
		fi
		rig_down
	fi
	XEN_CMDLINE="console=com1 com1=115200,8n1 dom0_mem=${RIG_DOM0_MEM:-1024}M,max:${RIG_DOM0_MEM:-1024}M dom0_max_vcpus=1 dom0_vcpus_pin sched=${RIG_SCHED:-credit} ${RIG_XEN_ARGS:-spec-ctrl=no xpti=no}"
	DOM0_CMDLINE="console=hvc0 swiotlb=4096 $LINUX_CMDLINE ${RIG_DOM0_ARGS:-loglevel=5}"
	images_make
	start=$(uptime_now)
	mkdir -p "$RUN"
	chmod 700 "$RUN"
	rm -rf "$RUN/guests" "$RUN"/*.log
	net_up
	card_up "$card"
	qemu_up
	machine_load
	if ! wait_for "dom0 (Xen, Linux, xl)" "${RIG_BOOT_LIMIT:-180}" qemu \
		dom0_ready; then
		say "last lines of the serial log:"
		tail -n 15 "$RUN/serial.log" "$RUN/qemu.log" >&2
		die "dom0 did not come up; look with rig log, then rig down"
	fi
	"${SSH[@]}" 'cat /run/rig/xl-info' </dev/null >"$RUN/xl-info" ||
		die "dom0 is up but xl info fails; see rig log"
	since "$start" >"$RUN/boot"
	say "up in $(cat "$RUN/boot") s: $(rig_summary)"
}

# How many times a test has to be more patient here than where all is quiet and
# dom0 is up in less than PACE_S seconds.
rig_pace() {
	[ -s "$RUN/boot" ] || die "the machine is not up; see rig up"
	awk -v quiet=$PACE_S '{ print int($1 / quiet) + 1 }' "$RUN/boot"
}

rig_summary() {
	sed -n 's/^xen_version *: /Xen /p' "$RUN/xl-info"
	printf 'smp %s, %s, %s' "$SMP" \
		"$(kvm_ok && echo KVM || echo 'TCG (emulation)')" \
		"$(proc_alive fw && echo 'with the card' || echo 'no card')"
}

rig_down() {
	if [ -S "$RUN/ssh.ctl" ]; then
		ssh -F none -o ControlPath="$RUN/ssh.ctl" -O exit rig 2>/dev/null
	fi
	proc_stop qemu
	proc_stop fw
	net_down
	rm -rf "$RUN"/{guests,pids,machine,xl-info,*.sock,ssh.ctl}
}

rig_status() {
	local p pid
	for p in qemu fw iperf3 riggap; do
		if pid=$(proc_pid "$p"); then
			printf '%-8s running, pid %s\n' "$p" "$pid"
		else
			printf '%-8s not running\n' "$p"
		fi
	done
	proc_alive qemu || return 1
	machine_load
	printf 'ssh      127.0.0.1:%s\nlogs     %s\n' "$PORT" "$RUN"
	"${SSH[@]}" 'xl list; lspci -k 2>/dev/null' </dev/null
}
