# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The same guests, now on one backend, now on another, in one boot: for the
# benchmarks that compare them. Guests are started once, without an interface.
# Wants $rig, $GUESTS (their names, in the order in which they are started) and
# lib/svnic.sh; $UPLINK is dom0's interface of the card.
#
#   side      backend                     driver in the guests
#   direct    svnicd, the direct path     svnic_front
#   svnicd    svnicd, netif               Debian's xen-netfront
#   staged    svnicd, netif, staging      svnic_front, without its direct path
#   netback   xen-netback and a bridge    Debian's xen-netfront
#   front     xen-netback and a bridge    svnic_front

# Guest number N, as the rig counts them.
number() {
	local g n=0
	for g in $GUESTS; do
		n=$((n + 1))
		[ "$g" != "$1" ] || { echo "$n" && return; }
	done
	return 1
}
address() { echo 10.77.0.$((10 + $(number "$1"))); }

# guests_up MEM: all of them, and a server in each.
guests_up() {
	local g
	for g in $GUESTS; do
		"$rig" guest "$g" --no-vif --mods=none --mem="$1"
		"$rig" exec "$g" 'iperf3 -s -D'
	done
}

# driver GUEST MODULE...: these alone. A module is in use until the guest has seen
# that its last interface is gone, and two drivers would share the next one.
driver() {
	local guest=$1
	shift
	"$rig" exec -t 30 "$guest" "for m in svnic_front svnic_net xen_netfront; do
			while [ -d /sys/module/\$m ]; do
				rmmod \$m 2>/dev/null || usleep 50000
			done
		done
		for m in $*; do loadmod \$m; done"
}

# attach GUEST VIF: and give it its address.
attach() {
	local n
	n=$(number "$1")
	"$rig" run "xl network-attach $1 mac=00:16:3e:77:00:$(printf %02x $((10 + n))) $2"
	"$rig" exec -t 30 "$1" "until [ -d /sys/class/net/eth0 ]; do usleep 50000; done
		ip addr replace $(address "$1")/24 dev eth0; ip link set eth0 up"
}

detach() {
	"$rig" run "for i in \$(xl network-list $1 | awk 'NR > 1 { print \$1 }'); do
		xl network-detach $1 \$i; done"
}

backend() {
	case $1 in
	direct | svnicd | staged) svnicd_up ;;
	*) "$rig" run "rig-bridge $UPLINK" ;;
	esac
}

backend_away() {
	case $1 in
	direct | svnicd | staged) backend_down ;;
	*) "$rig" run "ip link set $UPLINK nomaster; rmmod xen-netback" ;;
	esac
}

# stage GUEST: no direct path; the pages of its netif rings are mapped instead.
stage() {
	local limit=$((SECONDS + 30))
	"$rig" run "svnic-admin set $1.0 --path=netif" >/dev/null
	until "$rig" run "svnic-admin --json show $1.0" | jq -e '.netif.staged >= 768'; do
		((SECONDS < limit)) || return 1
		sleep 0.1
	done >/dev/null
}

# Until each reaches the first.
reachable() {
	local g first=${GUESTS%% *}
	for g in ${GUESTS#* }; do
		"$rig" exec -t 30 "$first" "until ping -qc 1 -W 1 $(address "$g") >/dev/null
			do :; done"
	done
}

# side_up SIDE, side_down SIDE: all guests there, and away again.
side_up() {
	local vif='bridge=br0' mods=xen-netfront g
	case $1 in direct | svnicd | staged) vif='bridge=net0 script=vif-svnic' ;; esac
	case $1 in direct | front | staged) mods='svnic_net svnic_front' ;; esac
	backend "$1"
	for g in $GUESTS; do
		driver "$g" "$mods"
		attach "$g" "$vif"
		[ "$1" != staged ] || stage "$g"
	done
	reachable
}

side_down() {
	local g
	for g in $GUESTS; do
		detach "$g"
	done
	backend_away "$1"
}
