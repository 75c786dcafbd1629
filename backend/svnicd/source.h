/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The IP addresses of a VIF as text: what xl writes for ip=, what svnic-admin
 * sets, and the list that the card checks a guest's packets against.
 */
#ifndef SVNICD_SOURCE_H
#define SVNICD_SOURCE_H

#include <svnic/abi.h>

#define SOURCE_KEY   "ip"   /* node of the backend directory */
#define SOURCE_NONE  "none" /* instead of a list: no check */
#define SOURCE_WORDS 832    /* a list as text, with the NUL */
#define SOURCE_ONE   52	    /* one of it, with the NUL */

/*
 * Addresses and networks ("10.0.0.5 fd00::/64"), apart by blanks or commas;
 * NULL, "" and SOURCE_NONE are no list.  -EINVAL and a sentence in @why of
 * PLATFORM_REASON octets; *@list is then untouched.
 */
int source_read(const char *text, struct svnic_source *list, char *why);
/* Entry @i of a list, and all of it; "" without one. */
void source_print(const struct svnic_source *list, unsigned int i,
		  char out[SOURCE_ONE]);
void source_words(const struct svnic_source *list, char out[SOURCE_WORDS]);

#endif /* SVNICD_SOURCE_H */
