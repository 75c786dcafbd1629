# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Guests: their xl configs, and commands inside them by the console.

# guest_number NAME: small, kept while the machine runs; address, MAC and CPU
# come from it.
guest_number() {
	local n
	mkdir -p "$RUN/guests"
	if [ ! -f "$RUN/guests/$1" ]; then
		(
			flock 7
			n=1
			while grep -qsx "$n" "$RUN/guests"/*; do
				n=$((n + 1))
			done
			echo "$n" >"$RUN/guests/$1"
		) 7>"$RUN/guests.lock"
	fi
	cat "$RUN/guests/$1"
}

rig_guest() {
	local name=${1:-} type=svnic mem=192 vcpus=1 ip='' mac='' cpus='' extra=''
	local uplink='' mods='' wait=90 net=net0 n hex vifs=() print=no vif_opts=''
	local script crash=destroy
	case $name in '' | -*) die "guest: wants a NAME; see rig help" ;; esac
	shift
	while [ $# -gt 0 ]; do
		case $1 in
		--type=*) type=${1#*=} ;;
		--vif=*) vifs+=("${1#*=}") ;;
		--vif-opts=*) vif_opts=,${1#*=} ;;
		--no-vif) vifs=(none) ;;
		--net=*) net=${1#*=} ;;
		--uplink=*) uplink=${1#*=} ;;
		--mem=*) mem=${1#*=} ;;
		--vcpus=*) vcpus=${1#*=} ;;
		--cpus=*) cpus=${1#*=} ;;
		--ip=*) ip=${1#*=} ;;
		--mac=*) mac=${1#*=} ;;
		--mods=*) mods=${1#*=} ;;
		--on-crash=*) crash=${1#*=} ;;
		--extra=*) extra=${1#*=} ;;
		--wait=*) wait=${1#*=} ;;
		--print) print=yes ;;
		*) die "guest: unknown option $1; see rig help" ;;
		esac
		shift
	done
	machine_load
	n=$(guest_number "$name")
	hex=$(printf '%02x' $((10 + n)))
	ip=${ip:-10.77.0.$((10 + n))/24}
	mac=${mac:-00:16:3e:77:00:$hex}
	[ -n "$cpus" ] || cpus=$((SMP > 1 ? 1 + (n - 1) % (SMP - 1) : 0))
	case $type in
	svnic) mods=${mods:-svnic_net,svnic_front,xen-netfront} ;;
	front-netback) mods=${mods:-svnic_net,svnic_front} ;;
	stock | netback) mods=${mods:-xen-netfront} ;;
	*) die "guest: --type=$type: want svnic, stock, netback or front-netback" ;;
	esac
	case $type in
	*netback) script='' net=br0 ;;
	*) script=,script=vif-svnic ;;
	esac
	[ ${#vifs[@]} -gt 0 ] || vifs=("mac=$mac,bridge=$net$script$vif_opts")
	[ "${vifs[0]:-}" != none ] || vifs=()
	if [ $print = yes ]; then
		guest_config
		return
	fi
	guest_config | "${SSH[@]}" \
		"rig-guest $(printf '%q ' "$name" "$type" "$uplink" "$wait")"
}

# The variables are those of rig_guest. Without tsc_mode Xen would trap each read
# of the clock, as the emulated processor does not call its TSC reliable: 10,000
# a second under load, which no machine that runs Xen today has to do.
guest_config() {
	local v
	cat <<-END
	name = "$name"
	kernel = "/var/lib/rig/vmlinux"
	ramdisk = "/run/rig/initrd"
	memory = $mem
	vcpus = $vcpus
	cpus = "$cpus"
	tsc_mode = "native"
	on_crash = "$crash"
	on_reboot = "restart"
	extra = "$LINUX_CMDLINE loglevel=4 rig.name=$name rig.mods=$mods rig.ip=eth0=$ip $extra"
	vif = [
	END
	for v in ${vifs[@]+"${vifs[@]}"}; do
		printf "\t'%s',\n" "$v"
	done
	echo "]"
}

# rig_move save|restore|migrate NAME [OPTION]: the file stays in dom0.
rig_move() {
	local verb=$1 name=${2:-} option=${3:-} file vif
	[ -n "$name" ] || die "$verb: wants a NAME; see rig help"
	file=/var/lib/rig/$name.save
	machine_load
	case $verb:$option in
	save:) "${SSH[@]}" "xl save '$name' '$file'" ;;
	save:-c) "${SSH[@]}" "xl save -c '$name' '$file' && rm '$file'" ;;
	migrate:) "${SSH[@]}" "rig-migrate '$name'" ;;
	restore:) "${SSH[@]}" "xl restore '$file' && rm '$file'" ;;
	restore:--type=*)
		case $option in
		*netback) vif=bridge=br0 ;;
		*) vif=bridge=net0,script=vif-svnic ;;
		esac
		"${SSH[@]}" "cd /etc/xen && sed -i 's/bridge=net0,script=vif-svnic/$vif/
				s/bridge=br0/$vif/' '$name.cfg' &&
			xl restore '$name.cfg' '$file' && rm '$file'" ;;
	*) die "$verb: unknown option $option; see rig help" ;;
	esac 2> >(grep -v '^xc: progress' >&2)
}

rig_exec() {
	local limit=0 name
	while :; do
		case ${1:-} in
		--timeout=*) limit=${1#*=} ;;
		-t) limit=${2:?-t wants seconds}; shift ;;
		*) break ;;
		esac
		shift
	done
	[ $# -ge 2 ] || die "exec: wants GUEST and CMD; see rig help"
	name=$1
	shift
	# One argument is a line for the shell, several are a command as it is.
	[ $# -gt 1 ] || set -- sh -c "$1"
	machine_load
	"${SSH[@]}" "rig-exec $(printf '%q ' "$name" "$limit" "$@")"
}
