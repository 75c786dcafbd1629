/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See names.h.  The hash is FNV-1a, of 32 bits; who may choose names may also
 * see them all, so it need not be secret.
 */
#include "names.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static unsigned int bucket_of(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return (hash ^ hash >> 16) % NAMES_BUCKETS;
}

void names_add(struct names *names, struct name *name, const char *text,
	       void *of)
{
	name->text = text;
	name->of = of;
	LIST_INSERT_HEAD(&names->bucket[bucket_of(text)], name, link);
}

void names_del(struct name *name)
{
	if (!name->of)
		return;
	LIST_REMOVE(name, link);
	name->of = NULL;
}

void *names_find(const struct names *names, const char *text)
{
	const struct name *name;

	LIST_FOREACH(name, &names->bucket[bucket_of(text)], link)
	{
		if (strcmp(name->text, text) == 0)
			return name->of;
	}
	return NULL;
}
