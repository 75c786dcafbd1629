/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parsers and printers of small values.  The parsers are fed by XenStore,
 * hence by guests too: no sscanf, no strtoul, no locale.
 */
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "platform.h"

#define RATE_BURST_MIN	 131072u /* as netback's; above any GSO frame */
#define RATE_INTERVAL_US 50000u
#define DECIMALS_MAX	 1000000000u

/* Digits at @s up to the first other character, which *@end names. */
static int digits(const char *s, uint64_t max, uint64_t *out, const char **end)
{
	uint64_t v = 0;
	const char *p;

	for (p = s; *p >= '0' && *p <= '9'; p++) {
		uint64_t d = (uint64_t)(*p - '0');

		if (v > max / 10 || (v == max / 10 && d > max % 10))
			return -ERANGE;
		v = v * 10 + d;
	}
	if (p == s)
		return -EINVAL;
	*out = v;
	*end = p;
	return 0;
}

int text_u64(const char *s, uint64_t max, uint64_t *out)
{
	const char *end;
	uint64_t v;
	int err = digits(s, max, &v, &end);

	if (err)
		return err;
	if (*end)
		return -EINVAL;
	*out = v;
	return 0;
}

int text_u32(const char *s, uint32_t max, uint32_t *out)
{
	uint64_t v;
	int err = text_u64(s, max, &v);

	if (err)
		return err;
	*out = (uint32_t)v;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int text_mac(const char *s, uint8_t mac[6])
{
	uint8_t out[6];
	unsigned int i;

	if (strlen(s) != TEXT_MAC - 1)
		return -EINVAL;
	for (i = 0; i < 6; i++) {
		int hi = hex_digit(s[3 * i]);
		int lo = hex_digit(s[3 * i + 1]);

		if (hi < 0 || lo < 0 || (i < 5 && s[3 * i + 2] != ':'))
			return -EINVAL;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	memcpy(mac, out, sizeof(out));
	return 0;
}

void text_mac_print(const uint8_t mac[6], char out[TEXT_MAC])
{
	snprintf(out, TEXT_MAC, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1],
		 mac[2], mac[3], mac[4], mac[5]);
}

static int rate_make(uint64_t octets, uint64_t us, struct text_rate *out)
{
	uint64_t rate;

	/* Both are at most 2^32 - 1, so nothing here overflows. */
	if (octets == 0 || us == 0)
		return -EINVAL;
	rate = octets * 1000000u / us;
	if (rate == 0)
		return -ERANGE;
	out->rate = rate;
	out->burst =
		octets > RATE_BURST_MIN ? (uint32_t)octets : RATE_BURST_MIN;
	return 0;
}

int text_rate(const char *s, struct text_rate *out)
{
	uint64_t octets;
	uint64_t us;
	const char *end;
	int err = digits(s, UINT32_MAX, &octets, &end);

	if (err)
		return err;
	if (*end != ',')
		return -EINVAL;
	err = text_u64(end + 1, UINT32_MAX, &us);
	if (err)
		return err;
	return rate_make(octets, us, out);
}

/* "20ms", "500us", "1s"; without a unit microseconds, as xl's manual says. */
static int interval(const char *s, uint64_t *us)
{
	uint64_t v;
	uint64_t times;
	const char *end;
	int err = digits(s, UINT32_MAX, &v, &end);

	if (err)
		return err;
	if (strcmp(end, "us") == 0 || *end == '\0')
		times = 1;
	else if (strcmp(end, "ms") == 0)
		times = 1000;
	else if (strcmp(end, "s") == 0)
		times = 1000000;
	else
		return -EINVAL;
	if (v == 0 || v > UINT32_MAX / times)
		return -ERANGE;
	*us = v * times;
	return 0;
}

static uint64_t multiplier(const char **s)
{
	switch (**s) {
	case 'k':
	case 'K':
		++*s;
		return 1000;
	case 'M':
		++*s;
		return 1000000;
	case 'G':
		++*s;
		return 1000000000;
	default:
		return 1;
	}
}

/* The octets of "b/s", "bit/s" or "B/s" with its multiplier. */
static int unit(const char **s, uint64_t *times, uint64_t *bits)
{
	*times = multiplier(s);
	*bits = **s == 'b' ? 8 : 1;
	if (**s != 'B' && **s != 'b')
		return -EINVAL;
	++*s;
	if (*bits == 8 && strncmp(*s, "it", 2) == 0)
		*s += 2;
	if (strncmp(*s, "/s", 2) != 0)
		return -EINVAL;
	*s += 2;
	return 0;
}

/* A number, perhaps with decimals, and a unit, perhaps after a space. */
static int speed(const char *s, uint64_t *octets, const char **end)
{
	uint64_t whole, part = 0, scale = 1, times, bits;
	const char *from;
	const char *p;
	int err = digits(s, UINT64_MAX, &whole, &p);

	if (err)
		return err;
	if (*p == '.') {
		from = ++p;
		err = digits(from, DECIMALS_MAX, &part, &p);
		for (; !err && from < p; from++)
			scale *= 10;
	}
	if (err || scale > DECIMALS_MAX)
		return -EINVAL;
	if (*p == ' ')
		p++;
	err = unit(&p, &times, &bits);
	if (err)
		return err;
	if (whole > UINT64_MAX / 4 / times)
		return -ERANGE;
	*octets = (whole * times + part * times / scale) / bits;
	*end = p;
	return 0;
}

int text_speed(const char *s, uint64_t *octets)
{
	const char *end;
	uint64_t v = 0;
	int err = 0;

	if (strcmp(s, "0") == 0) {
		*octets = 0;
		return 0;
	}
	err = speed(s, &v, &end);
	if (err)
		return err;
	if (*end)
		return -EINVAL;
	if (v == 0)
		return -ERANGE;
	*octets = v;
	return 0;
}

void text_speed_print(uint64_t octets, char out[TEXT_SPEED])
{
	static const struct {
		uint64_t bits;
		const char *name;
	} units[] = { { 1000000000, "Gb/s" },
		      { 1000000, "Mb/s" },
		      { 1000, "Kb/s" } };
	unsigned int i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		/* The number stays below 2^64 for what a card can do. */
		if (octets && octets * 8 % units[i].bits == 0)
			break;
	}
	if (i == sizeof(units) / sizeof(units[0]))
		snprintf(out, TEXT_SPEED, "%" PRIu64 "b/s", octets * 8);
	else
		snprintf(out, TEXT_SPEED, "%" PRIu64 "%s",
			 octets * 8 / units[i].bits, units[i].name);
}

int text_rate_person(const char *s, struct text_rate *out)
{
	uint64_t us = RATE_INTERVAL_US;
	uint64_t v;
	const char *p;
	int err;

	if (strcmp(s, "0") == 0) {
		out->rate = 0;
		out->burst = 0;
		return 0;
	}
	if (strchr(s, ','))
		return text_rate(s, out);
	err = speed(s, &v, &p);
	if (!err && *p == '@')
		err = interval(p + 1, &us);
	else if (!err && *p)
		err = -EINVAL;
	if (err)
		return err;
	/* At most 2^62, which the next product would overflow: share first. */
	if (v > UINT64_MAX / us || v * us / 1000000u > UINT32_MAX)
		return -ERANGE;
	return rate_make(v * us / 1000000u, us, out);
}

#define AS_TEXT(nr, name, text) [nr] = (text),
#define AS_NAME(nr, name, text) [nr] = #name,

static const char *const status_texts[] = { SVNIC_ADMIN_STATUSES(AS_TEXT) };
static const char *const verdict_texts[] = { SVNIC_VERDICTS(AS_TEXT) };
static const char *const verdict_names[] = { SVNIC_VERDICTS(AS_NAME) };

int text_refuse(char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, PLATFORM_REASON, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

void text_clean(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

const char *text_result(int result)
{
	if (result < 0)
		return strerror(-result);
	if (result >= SVNIC_ST_NR)
		return "the card gave an unknown status";
	return status_texts[result];
}

const char *text_verdict(unsigned int verdict)
{
	return verdict < SVNIC_V_NR ? verdict_texts[verdict]
				    : "unknown verdict";
}

void text_verdict_name(unsigned int verdict, char out[TEXT_VERDICT])
{
	unsigned int i;

	snprintf(out, TEXT_VERDICT, "%s",
		 verdict < SVNIC_V_NR ? verdict_names[verdict] : "UNKNOWN");
	for (i = 0; out[i]; i++)
		if (out[i] >= 'A' && out[i] <= 'Z')
			out[i] = (char)(out[i] - 'A' + 'a');
}
