# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The wire: two network namespaces joined by a veth pair. The card's end is
# svw0 (svnic-fw runs there), the far end wire0 has an address, an iperf3 and an echo for
# riggap.

NS_CARD=svnic-card${RIG_NAME:+-$RIG_NAME}
NS_WIRE=svnic-wire${RIG_NAME:+-$RIG_NAME}
WIRE_IP=10.77.0.1
GAP_PORT=5202

net_up() {
	net_down
	if ! ip netns add "$NS_CARD" || ! ip netns add "$NS_WIRE"; then
		die "cannot make network namespaces; the rig needs root"
	fi
	ip link add svw0 netns "$NS_CARD" type veth \
		peer name wire0 netns "$NS_WIRE" || die "cannot make a veth pair"
	# The card must see no frame but those of the wire.
	ip netns exec "$NS_CARD" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		2>/dev/null
	ip -n "$NS_CARD" link set svw0 up
	ip -n "$NS_CARD" link set svw0 promisc on
	ip -n "$NS_WIRE" link set lo up
	ip -n "$NS_WIRE" addr add "$WIRE_IP/24" dev wire0
	ip -n "$NS_WIRE" link set wire0 up
	proc_start iperf3 "$RUN/iperf3.log" \
		ip netns exec "$NS_WIRE" iperf3 -s --forceflush
	proc_start riggap "$RUN/riggap.log" \
		ip netns exec "$NS_WIRE" "$GUEST/riggap" echo "$GAP_PORT"
}

net_down() {
	proc_stop iperf3
	proc_stop riggap
	local ns
	for ns in "$NS_CARD" "$NS_WIRE"; do
		[ -e "/run/netns/$ns" ] && ip netns del "$ns"
	done
	return 0
}
