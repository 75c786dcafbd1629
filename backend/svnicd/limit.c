/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits as text and as values; see limit.h.  The words of one VIF come from
 * where only dom0 writes, and are checked as if they did not.
 */
#include "limit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <svnic/order.h>

#include "platform.h"
#include "text.h"

#define KILO	  1000u
#define MAX_STORM UINT16_MAX
#define CLASS_KEY "class"

#define AS_KEY(name, key, want)	 [LIMIT_##name] = (key),
#define AS_WANT(name, key, want) [LIMIT_##name] = (want),

static const char *const keys[] = { LIMITS(AS_KEY) };
static const char *const wants[] = { LIMITS(AS_WANT) };

const char *limit_key(enum limit which)
{
	return keys[which];
}

const char *limit_want(enum limit which)
{
	return wants[which];
}

bool limit_has(const struct limits *limits, enum limit which)
{
	return limits->given & 1u << which;
}

void limit_unset(struct limits *limits, enum limit which)
{
	limits->given &= ~(1u << which);
	limits->value[which] = 0;
	if (which == LIMIT_RATE)
		limits->burst = 0;
}

static int parse_rate(struct limits *limits, const char *text)
{
	struct text_rate rate;
	int err = text_rate_person(text, &rate);

	if (err)
		return err;
	limits->value[LIMIT_RATE] = rate.rate;
	limits->burst = rate.burst;
	return 0;
}

/* The card counts these in thousands. */
static int parse_kilo(const char *text, uint64_t *value)
{
	uint64_t octets;
	int err = text_speed(text, &octets);

	if (err)
		return err;
	if (octets > (uint64_t)UINT32_MAX * KILO)
		return -ERANGE;
	*value = (octets + KILO - 1) / KILO * KILO;
	return 0;
}

static int parse_weight(const char *text, uint64_t *value)
{
	uint64_t v;
	int err = text_u64(text, 8, &v);

	if (err)
		return err;
	if (v == 0 || v & (v - 1))
		return -EINVAL;
	*value = v;
	return 0;
}

int limit_set(struct limits *limits, enum limit which, const char *text)
{
	int err;

	switch (which) {
	case LIMIT_RATE:
		err = parse_rate(limits, text);
		break;
	case LIMIT_RX_RATE:
	case LIMIT_MIN_RATE:
		err = parse_kilo(text, &limits->value[which]);
		break;
	case LIMIT_STORM:
		err = text_u64(text, MAX_STORM, &limits->value[which]);
		break;
	case LIMIT_WEIGHT:
		err = parse_weight(text, &limits->value[which]);
		break;
	default:
		err = -EINVAL;
	}
	if (!err)
		limits->given |= 1u << which;
	return err;
}

void limit_print(enum limit which, uint64_t value, char out[32])
{
	if (which == LIMIT_STORM || which == LIMIT_WEIGHT || value == 0)
		snprintf(out, 32, "%" PRIu64, value);
	else
		text_speed_print(value, out);
}

void limit_fill(const struct limits *limits, struct svnic_vif_config *config)
{
	uint32_t flags = svnic_cpu32(config->flags) & ~SVNIC_VIF_CLASS;
	uint64_t weight = limits->value[LIMIT_WEIGHT];

	for (; weight > 1; weight /= 2)
		flags += 0x100;
	config->flags = svnic_le32(flags);
	config->rate = svnic_le64(limits->value[LIMIT_RATE]);
	config->burst = svnic_le32(limits->burst);
	config->rx_rate =
		svnic_le32((uint32_t)(limits->value[LIMIT_RX_RATE] / KILO));
	config->min_rate =
		svnic_le32((uint32_t)(limits->value[LIMIT_MIN_RATE] / KILO));
	config->storm = svnic_le16((uint16_t)limits->value[LIMIT_STORM]);
}

/* Of one VIF --------------------------------------------------------------- */

bool limit_is_name(const char *s)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return len > 0 && s[len] == '\0' && len < LIMITS_CLASS;
}

static int set_class(struct limits_own *own, const char *text, char *why)
{
	bool none = strcmp(text, LIMITS_DEFAULT) == 0;

	if (!limit_is_name(text))
		return text_refuse(why,
				   "class \"%.40s\" is not the name of a class",
				   text);
	snprintf(own->class, sizeof(own->class), "%s", none ? "" : text);
	return 0;
}

int limit_own_set(struct limits_own *own, const char *key, const char *text,
		  char *why)
{
	unsigned int i;

	if (strcmp(key, CLASS_KEY) == 0)
		return set_class(own, text, why);
	/* A weight is a class's alone: it says nothing without the others'. */
	for (i = 0; i < LIMIT_WEIGHT; i++)
		if (strcmp(keys[i], key) == 0)
			break;
	if (i == LIMIT_WEIGHT)
		return text_refuse(why, "\"%.40s\" is no limit of a VIF", key);
	if (strcmp(text, LIMITS_DEFAULT) == 0)
		limit_unset(&own->limits, i);
	else if (limit_set(&own->limits, i, text))
		return text_refuse(why, "%s \"%.40s\" is not %s, nor default",
				   key, text, wants[i]);
	return 0;
}

/* "key=value" */
static int read_word(struct limits_own *own, char *word, char *why)
{
	char *equals = strchr(word, '=');

	if (!equals)
		return text_refuse(why, "\"%.40s\" has no \"=\"", word);
	*equals = '\0';
	return limit_own_set(own, word, equals + 1, why);
}

int limit_own_read(const char *rate, const char *words, struct limits_own *own,
		   char *why)
{
	struct limits_own fresh;
	char text[LIMITS_WORDS];
	char *rest = text;
	char *word;
	int err = 0;

	memset(&fresh, 0, sizeof(fresh));
	if (rate)
		err = limit_own_set(&fresh, keys[LIMIT_RATE], rate, why);
	if (err && strchr(rate, ','))
		err = text_refuse(
			why,
			"rate is \"%.40s\" from xl, octets and microseconds: below one octet or beyond 4294967295 in that time; choose another rate, or interval",
			rate);
	if (words && strlen(words) >= sizeof(text))
		err = text_refuse(why, "the limits \"%.40s...\" are too long",
				  words);
	snprintf(text, sizeof(text), "%s", words ? words : "");
	while (!err && (word = strsep(&rest, " ")))
		if (*word)
			err = read_word(&fresh, word, why);
	if (!err)
		*own = fresh;
	return err;
}

void limit_own_words(const struct limits_own *own, char out[LIMITS_WORDS])
{
	size_t used = 0;
	char value[32];
	unsigned int i;

	out[0] = '\0';
	if (own->class[0])
		used = (size_t)snprintf(out, LIMITS_WORDS, CLASS_KEY "=%s ",
					own->class);
	for (i = LIMIT_RX_RATE; i < LIMIT_WEIGHT; i++) {
		if (!limit_has(&own->limits, i))
			continue;
		limit_print(i, own->limits.value[i], value);
		used += (size_t)snprintf(out + used, LIMITS_WORDS - used,
					 "%s=%s ", keys[i], value);
	}
	if (used)
		out[used - 1] = '\0';
}

/* XenStore's form: so much in so long, of which the burst is the first. */
void limit_own_rate(const struct limits_own *own, char out[LIMITS_WORDS])
{
	uint64_t rate = own->limits.value[LIMIT_RATE];
	uint64_t octets = own->limits.burst;
	uint64_t us = rate ? octets * 1000000u / rate : 0;

	/* Octets stay below 2^32, so nothing above has wrapped. */
	if (us > UINT32_MAX) {
		octets = rate;
		us = 1000000;
	}
	if (!limit_has(&own->limits, LIMIT_RATE))
		out[0] = '\0';
	else if (us)
		snprintf(out, LIMITS_WORDS, "%" PRIu64 ",%" PRIu64, octets, us);
	else
		strcpy(out, "0");
}
