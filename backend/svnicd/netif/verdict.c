/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of what may become of a frame.
 */
#include "netif/netif.h"

#define NETIF_AS_NAME(id, name, text) [NETIF_V_##id] = (name),
#define NETIF_AS_TEXT(id, name, text) [NETIF_V_##id] = (text),

static const char *const names[] = { NETIF_VERDICTS(NETIF_AS_NAME) };
static const char *const texts[] = { NETIF_VERDICTS(NETIF_AS_TEXT) };

const char *netif_verdict_name(enum netif_verdict v)
{
	return v < NETIF_V_NR ? names[v] : "unknown";
}

const char *netif_verdict_text(enum netif_verdict v)
{
	return v < NETIF_V_NR ? texts[v] : "unknown";
}
