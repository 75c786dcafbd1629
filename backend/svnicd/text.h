/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers, addresses, rates and results as text, strictly: what is not
 * exactly of the form is refused with -EINVAL, what is too large with -ERANGE,
 * and the out-parameter stays as it was.
 */
#ifndef SVNICD_TEXT_H
#define SVNICD_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include <svnic/abi.h>

#define TEXT_MAC     18
#define TEXT_VERDICT 24
#define TEXT_SPEED   32

struct text_rate {
	uint64_t rate;	/* octets a second; 0: not limited */
	uint32_t burst; /* octets */
};

/* Decimal digits only, without sign, space or anything after them. */
int text_u64(const char *s, uint64_t max, uint64_t *out);
int text_u32(const char *s, uint32_t max, uint32_t *out);
/* "00:16:3e:01:02:03"; which addresses are allowed is for the caller. */
int text_mac(const char *s, uint8_t mac[6]);
void text_mac_print(const uint8_t mac[6], char out[TEXT_MAC]);
/* XenStore's "<octets>,<microseconds>". */
int text_rate(const char *s, struct text_rate *out);
/*
 * xl's "10Mb/s", "1MB/s@20ms"; also the form above, and "0" for no limit.
 * Besides, for people: decimals ("1.5Gb/s"), "bit" for "b", "k" for "K", and a
 * space before the unit ("100 Mbit/s").
 */
int text_rate_person(const char *s, struct text_rate *out);
/* The same without an interval: octets a second, 0 for "0". */
int text_speed(const char *s, uint64_t *octets);
/* In bits, exact, with the largest unit that keeps it whole: "10Mb/s". */
void text_speed_print(uint64_t octets, char out[TEXT_SPEED]);

/* Why something is refused, at @why of PLATFORM_REASON octets: -EINVAL. */
__attribute__((format(printf, 2, 3))) int text_refuse(char *why,
						      const char *fmt, ...);

/* What a guest may have written, to be shown: printable ASCII, or '?'. */
void text_clean(char *text);

/* A card function's result: -errno or enum svnic_status. */
const char *text_result(int result);
const char *text_verdict(unsigned int verdict);
/* "no_buffer": the counter's name in JSON. */
void text_verdict_name(unsigned int verdict, char out[TEXT_VERDICT]);

#endif /* SVNICD_TEXT_H */
