/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IP addresses as text and as the card's list; see source.h.  An address with
 * a netmask, as it is written for an interface, is refused rather than taken
 * for the whole network.
 */
#include "source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <svnic/order.h>

#include "platform.h"
#include "text.h"

#define BETWEEN " ,\t\n"

static int family_of(const struct svnic_address *a)
{
	return a->family == 4 ? AF_INET : AF_INET6;
}

static unsigned int bits_of(const struct svnic_address *a)
{
	return a->family == 4 ? 32 : 128;
}

/* Are all bits beyond the prefix zero?  Makes them so. */
static bool mask(struct svnic_address *a)
{
	struct svnic_address was = *a;
	unsigned int i;

	for (i = a->prefix; i < bits_of(a); i++)
		a->addr[i / 8] &= (uint8_t) ~(0x80u >> i % 8);
	return memcmp(a, &was, sizeof(was)) == 0;
}

/* No guest has it: a group, a broadcast, or nobody's. */
static bool is_nobodys(const struct svnic_address *a)
{
	static const uint8_t zero[16], ones[4] = { 255, 255, 255, 255 };

	if (a->prefix == bits_of(a) && memcmp(a->addr, zero, 16) == 0)
		return true;
	if (a->family == 6)
		return a->addr[0] == 0xff;
	return a->addr[0] >> 4 == 0xe || memcmp(a->addr, ones, 4) == 0;
}

static int check(const struct svnic_address *given, const char *word, char *why)
{
	struct svnic_address net = *given;
	char addr[INET6_ADDRSTRLEN];
	char prefix[INET6_ADDRSTRLEN];

	if (is_nobodys(given))
		return text_refuse(
			why, "ip %s is no address that a guest can have", word);
	if (mask(&net))
		return 0;
	inet_ntop(family_of(given), given->addr, addr, sizeof(addr));
	inet_ntop(family_of(given), net.addr, prefix, sizeof(prefix));
	return text_refuse(
		why,
		"ip %s is an address and a network at once: write %s for the one, %s/%u for all of the other",
		word, addr, prefix, given->prefix);
}

static int read_one(const char *word, struct svnic_address *a, char *why)
{
	char text[INET6_ADDRSTRLEN] = "";
	const char *slash = strchr(word, '/');
	size_t len = slash ? (size_t)(slash - word) : strlen(word);
	uint32_t prefix;

	memset(a, 0, sizeof(*a));
	a->family = memchr(word, ':', len) ? 6 : 4;
	prefix = bits_of(a);
	if (len < sizeof(text))
		memcpy(text, word, len);
	if (inet_pton(family_of(a), text, a->addr) != 1)
		return text_refuse(
			why,
			"ip \"%.64s\" is no IPv4 or IPv6 address, such as 10.0.0.5 or fd00::5",
			word);
	if (slash && text_u32(slash + 1, prefix, &prefix))
		return text_refuse(
			why,
			"ip %.64s: behind the \"/\" stands the length of a prefix, 0 to %u",
			word, bits_of(a));
	a->prefix = (uint8_t)prefix;
	return check(a, word, why);
}

/* Once is enough. */
static int add(struct svnic_source *list, const struct svnic_address *a,
	       char *why)
{
	unsigned int nr = svnic_cpu16(list->nr);
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (memcmp(&list->address[i], a, sizeof(*a)) == 0)
			return 0;
	if (nr == SVNIC_SOURCE_MAX)
		return text_refuse(
			why,
			"ip names more than %u addresses; name a network instead, such as 10.0.0.0/24",
			SVNIC_SOURCE_MAX);
	list->address[nr] = *a;
	list->nr = svnic_le16((uint16_t)(nr + 1));
	return 0;
}

int source_read(const char *text, struct svnic_source *list, char *why)
{
	struct svnic_source fresh = { .nr = 0 };
	struct svnic_address a;
	char word[96];
	size_t len;
	int err = 0;

	if (!text || strcmp(text, SOURCE_NONE) == 0)
		text = "";
	for (; !err; text += len) {
		text += strspn(text, BETWEEN);
		len = strcspn(text, BETWEEN);
		if (len == 0)
			break;
		snprintf(word, sizeof(word), "%.*s",
			 len < sizeof(word) ? (int)len : 64, text);
		err = read_one(word, &a, why);
		if (!err)
			err = add(&fresh, &a, why);
	}
	if (!err)
		*list = fresh;
	return err;
}

void source_print(const struct svnic_source *list, unsigned int i,
		  char out[SOURCE_ONE])
{
	const struct svnic_address *a = &list->address[i];
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(family_of(a), a->addr, addr, sizeof(addr));
	if (a->prefix == bits_of(a))
		snprintf(out, SOURCE_ONE, "%s", addr);
	else
		snprintf(out, SOURCE_ONE, "%s/%u", addr, a->prefix);
}

void source_words(const struct svnic_source *list, char out[SOURCE_WORDS])
{
	size_t used = 0;
	char one[SOURCE_ONE];
	unsigned int i;

	out[0] = '\0';
	for (i = 0; i < svnic_cpu16(list->nr); i++) {
		source_print(list, i, one);
		used += (size_t)snprintf(out + used, SOURCE_WORDS - used,
					 "%s%s", i ? " " : "", one);
	}
}
