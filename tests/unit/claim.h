/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VIF that may have a list of addresses, and a frame of it that claims one.
 */
#ifndef TESTS_UNIT_CLAIM_H
#define TESTS_UNIT_CLAIM_H

#include "core_fixture.h"

#define MINE   "10.0.0.5"
#define NET    "192.168.7.9" /* in a network of the list */
#define OTHER  "10.0.0.6"
#define MINE6  "fd00::5"
#define NET6   "fd00:0:0:7::9"
#define OTHER6 "fd00::6"
#define LOCAL6 "fe80::ff:fe00:1" /* of 02:00:00:00:00:01 */

/* The frame that is made, for a test to change before it is sent. */
struct claim {
	uint8_t frame[SVNIC_FRAME_MAX];
	uint32_t len;
};

extern struct claim claim;

/* The address of VIF 1, which sends, and of nobody. */
extern const uint8_t claim_own[6];
extern const uint8_t claim_foreign[6];

void claim_be16(uint32_t at, unsigned int v);
/* A frame from VIF 1 to VIF 2, and packets in it. */
void claim_ether(unsigned int type);
void claim_ipv4(const char *from, const char *to, unsigned int protocol);
void claim_udp(const char *from, const char *to, unsigned int source,
	       unsigned int dest);
void claim_arp(unsigned int op, const uint8_t *mac, const char *ip);
void claim_ipv6(const char *from, unsigned int next, unsigned int payload);
/* A message of @type with @fixed octets and, if @mac, one option. */
void claim_nd(const char *from, unsigned int type, uint32_t fixed,
	      const uint8_t *mac, unsigned int option);
void claim_advert(const char *from, const char *target, const uint8_t *mac);
/* @octets of an extension header @kind in front of what is there. */
void claim_extend(unsigned int kind, uint32_t octets);
/* One more tag, outermost. */
void claim_tag(unsigned int tpid, unsigned int tci);

/* MINE, MINE6 and the networks of NET and NET6. */
struct svnic_source claim_usual(void);
struct svnic_address claim_address(const char *text, unsigned int prefix);
/* VIFs 1 and 2; @list is that of VIF 1, or NULL. */
void claim_start(struct fixture *f, uint32_t flags,
		 const struct svnic_source *list);
/* VIF 1 sends the frame, in pieces and whole: is it delivered? */
bool claim_passes(struct fixture *f);

#define PASSES(f, make)                       \
	do {                                  \
		make;                         \
		assert_true(claim_passes(f)); \
	} while (0)
#define DROPPED(f, make)                       \
	do {                                   \
		make;                          \
		assert_false(claim_passes(f)); \
	} while (0)

#endif /* TESTS_UNIT_CLAIM_H */
