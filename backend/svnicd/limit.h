/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits of a VIF as somebody says them, in the configuration, in XenStore or by
 * svnic-admin: what there is, how it is written, and where it goes in the
 * card's configuration.  Which of them hold for a VIF is policy.c's to say.
 */
#ifndef SVNICD_LIMIT_H
#define SVNICD_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <svnic/abi.h>

#define LIMITS_CLASS 32	 /* name of a class, with the NUL */
#define LIMITS_WORDS 160 /* of one VIF as text, with the NUL */
/* For a value or a class: whatever holds without it. */
#define LIMITS_DEFAULT "default"

/* X(name, key, what is expected); rates are octets a second, 0: no limit. */
#define LIMITS(X)                                                         \
	X(RATE, "rate", "a rate such as 100Mb/s or 10MB/s@20ms, or 0")    \
	X(RX_RATE, "rx_rate", "a rate such as 100Mb/s or 10MB/s, or 0")   \
	X(MIN_RATE, "min_rate", "a rate such as 100Mb/s or 10MB/s, or 0") \
	X(STORM, "storm", "group frames a second, up to 65535, or 0")     \
	X(WEIGHT, "weight", "1, 2, 4 or 8")

#define LIMITS_AS_ENUM(name, key, want) LIMIT_##name,
enum limit {
	LIMITS(LIMITS_AS_ENUM) LIMIT_NR
};

struct limits {
	uint32_t given; /* bitmap of enum limit: what was said */
	uint32_t burst; /* of the rate, octets */
	uint64_t value[LIMIT_NR];
};

/* All that was said of one VIF. */
struct limits_own {
	struct limits limits;
	char class[LIMITS_CLASS]; /* "": nothing */
};

/* "rx_rate", and what limit_set() takes. */
const char *limit_key(enum limit which);
const char *limit_want(enum limit which);
bool limit_has(const struct limits *limits, enum limit which);

/* -EINVAL or -ERANGE where @text is not as limit_want() says. */
int limit_set(struct limits *limits, enum limit which, const char *text);
void limit_unset(struct limits *limits, enum limit which);
/* A value as limit_set() takes it. */
void limit_print(enum limit which, uint64_t value, char out[32]);

/* All of @limits, given or not. */
void limit_fill(const struct limits *limits, struct svnic_vif_config *config);

/*
 * What outlives svnicd of one VIF: @rate as xl writes it, and the others as
 * words, "class=gold storm=100"; NULL is nothing.  -EINVAL and a sentence in
 * @why of PLATFORM_REASON octets; *@own is then untouched.
 */
int limit_own_read(const char *rate, const char *words, struct limits_own *own,
		   char *why);
/* One of them: a value, LIMITS_DEFAULT, or with key "class" a name. */
int limit_own_set(struct limits_own *own, const char *key, const char *text,
		  char *why);
/* The reverse; "" where nothing was said. */
void limit_own_words(const struct limits_own *own, char out[LIMITS_WORDS]);
void limit_own_rate(const struct limits_own *own, char out[LIMITS_WORDS]);

/* Up to 31 letters, digits, '-' and '_'. */
bool limit_is_name(const char *s);

#endif /* SVNICD_LIMIT_H */
