/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks what is asked of a VIF.  Nothing is allocated and nothing but @out
 * and @why is changed.
 */
#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <svnic/order.h>

static int parse_mac(const char *mac, struct svnic_vif_config *out, char *why)
{
	static const uint8_t zero[6];
	uint8_t octets[6];

	if (!mac || text_mac(mac, octets))
		return text_refuse(
			why,
			"mac \"%.32s\" is not of the form 00:16:3e:01:02:03",
			mac ? mac : "");
	if (octets[0] & 1)
		return text_refuse(
			why,
			"mac %s is a group address; a VIF needs a unicast one (even first octet)",
			mac);
	if (memcmp(octets, zero, sizeof(zero)) == 0)
		return text_refuse(
			why, "mac %s is zero; a VIF needs an address", mac);
	memcpy(out->mac, octets, sizeof(octets));
	return 0;
}

/* Open vSwitch's notation: NETWORK or NETWORK.VLAN. */
static int parse_network(const struct config *config, const char *text,
			 struct svnic_vif_config *out, char *why)
{
	char name[CONFIG_NAME] = "";
	char known[PLATFORM_REASON / 2];
	const struct network *n;
	const char *dot;
	uint32_t vlan;
	size_t len;

	if (!text)
		text = config->networks[0].name;
	dot = strchr(text, '.');
	len = dot ? (size_t)(dot - text) : strlen(text);
	if (len < sizeof(name))
		memcpy(name, text, len);
	n = config_network(config, name);
	if (!n) {
		config_network_names(config, known, sizeof(known));
		return text_refuse(
			why,
			"network \"%.40s\" is not known; bridge= can name: %s",
			text, known);
	}
	out->segment = svnic_le16(n->segment);
	out->vlan = svnic_le16(n->vlan);
	if (!dot)
		return 0;
	if (n->vlan)
		return text_refuse(
			why,
			"network \"%s\" has VLAN %u already; write bridge=%s without \"%.16s\"",
			name, n->vlan, name, dot);
	if (text_u32(dot + 1, SVNIC_VLAN_MAX, &vlan) || vlan == 0)
		return text_refuse(
			why,
			"VLAN \"%.16s\" of network \"%s\" is not a number from 1 to %u",
			dot + 1, name, SVNIC_VLAN_MAX);
	out->vlan = svnic_le16((uint16_t)vlan);
	return 0;
}

int request_mtu(const struct config *config, const char *mtu,
		struct svnic_vif_config *out, char *why)
{
	uint32_t v = config->mtu;

	if (mtu && (text_u32(mtu, SVNIC_MTU_MAX, &v) || v < SVNIC_MTU_MIN))
		return text_refuse(
			why, "mtu \"%.32s\" is not a number from %u to %u", mtu,
			SVNIC_MTU_MIN, SVNIC_MTU_MAX);
	out->mtu = svnic_le16((uint16_t)v);
	return 0;
}

int request_parse(const struct config *config,
		  const struct platform_request *request,
		  struct svnic_vif_config *out, char *why)
{
	struct svnic_vif_config c = { .mtu = 0 };
	int err;

	err = parse_mac(request->mac, &c, why);
	if (!err)
		err = parse_network(config, request->network, &c, why);
	if (!err)
		err = request_mtu(config, request->mtu, &c, why);
	if (!err)
		*out = c;
	return err;
}
