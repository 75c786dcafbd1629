/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an epoll datum names, in the process of a core and in its owner's: a
 * kind, and which one of those.
 */
#ifndef HOSTED_DATUM_H
#define HOSTED_DATUM_H

#include <stdint.h>

enum datum_kind {
	DATUM_LISTEN,  /* the listening socket of a link */
	DATUM_CLIENT,  /* the connection of a link */
	DATUM_WIRE,    /* of a port */
	DATUM_CHANNEL, /* between owner and core */
	DATUM_SIGNAL,
	DATUM_WAKE /* of the loop, by another worker */
};

static inline uint64_t datum(enum datum_kind kind, unsigned int nr)
{
	return (uint64_t)kind << 32 | nr;
}

static inline enum datum_kind datum_kind(uint64_t d)
{
	return (enum datum_kind)(d >> 32);
}

static inline unsigned int datum_nr(uint64_t d)
{
	return (uint32_t)d;
}

#endif /* HOSTED_DATUM_H */
