/* SPDX-License-Identifier: GPL-2.0-only */
/* See claim.h. */
#include "claim.h"

#include <arpa/inet.h>

struct claim claim;

const uint8_t claim_own[6] = { 2, 0, 0, 0, 0, 1 };
const uint8_t claim_foreign[6] = { 2, 0, 0, 0, 0, 3 };

void claim_be16(uint32_t at, unsigned int v)
{
	claim.frame[at] = (uint8_t)(v >> 8);
	claim.frame[at + 1] = (uint8_t)v;
}

static void addr(uint32_t at, const char *text)
{
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	assert_int_equal(inet_pton(family, text, claim.frame + at), 1);
}

void claim_ether(unsigned int type)
{
	fixture_frame(claim.frame, 300, 2, 1);
	memset(claim.frame + 14, 0, 286);
	claim_be16(12, type);
	claim.len = 300;
}

void claim_ipv4(const char *from, const char *to, unsigned int protocol)
{
	claim_ether(0x0800);
	claim.frame[14] = 0x45;
	claim.frame[23] = (uint8_t)protocol;
	addr(26, from);
	addr(30, to);
}

void claim_udp(const char *from, const char *to, unsigned int source,
	       unsigned int dest)
{
	claim_ipv4(from, to, 17);
	claim_be16(34, source);
	claim_be16(36, dest);
}

void claim_arp(unsigned int op, const uint8_t *mac, const char *ip)
{
	claim_ether(0x0806);
	claim_be16(14, 1);
	claim_be16(16, 0x0800);
	claim.frame[18] = 6;
	claim.frame[19] = 4;
	claim_be16(20, op);
	memcpy(claim.frame + 22, mac, 6);
	addr(28, ip);
	claim.len = 60;
}

void claim_ipv6(const char *from, unsigned int next, unsigned int payload)
{
	claim_ether(0x86dd);
	claim.frame[14] = 0x60;
	claim_be16(18, payload);
	claim.frame[20] = (uint8_t)next;
	claim.frame[21] = 64;
	addr(22, from);
	addr(38, "ff02::1");
	claim.len = 54 + payload;
}

void claim_nd(const char *from, unsigned int type, uint32_t fixed,
	      const uint8_t *mac, unsigned int option)
{
	claim_ipv6(from, 58, fixed + (mac ? 8 : 0));
	claim.frame[21] = 255;
	claim.frame[54] = (uint8_t)type;
	if (!mac)
		return;
	claim.frame[54 + fixed] = (uint8_t)option;
	claim.frame[54 + fixed + 1] = 1;
	memcpy(claim.frame + 54 + fixed + 2, mac, 6);
}

void claim_advert(const char *from, const char *target, const uint8_t *mac)
{
	claim_nd(from, 136, 24, mac, 2);
	addr(62, target);
}

void claim_extend(unsigned int kind, uint32_t octets)
{
	memmove(claim.frame + 54 + octets, claim.frame + 54, claim.len - 54);
	memset(claim.frame + 54, 0, octets);
	claim.frame[54] = claim.frame[20];
	claim.frame[55] =
		(uint8_t)(kind == 51 ? octets / 4 - 2 : octets / 8 - 1);
	claim.frame[20] = (uint8_t)kind;
	claim.len += octets;
	claim_be16(18, claim.len - 54);
}

struct svnic_address claim_address(const char *text, unsigned int prefix)
{
	struct svnic_address a = { .prefix = (uint8_t)prefix, .family = 4 };

	if (strchr(text, ':'))
		a.family = 6;
	assert_int_equal(
		inet_pton(a.family == 6 ? AF_INET6 : AF_INET, text, a.addr), 1);
	return a;
}

struct svnic_source claim_usual(void)
{
	struct svnic_source list = { .nr = 4 };

	list.address[0] = claim_address(MINE, 32);
	list.address[1] = claim_address("fd00:0:0:7::", 64);
	list.address[2] = claim_address("192.168.4.0", 22);
	list.address[3] = claim_address(MINE6, 128);
	return list;
}

void claim_start(struct fixture *f, uint32_t flags,
		 const struct svnic_source *list)
{
	struct svnic_vif_config c = fixture_config(1);

	c.flags = svnic_le32(flags);
	fixture_guest_with(f, 1, &c);
	c = fixture_config(2);
	c.flags = svnic_le32(flags);
	fixture_guest_with(f, 2, &c);
	if (list)
		assert_int_equal(sim_source_set(&f->host[0], 1, list),
				 SVNIC_ST_OK);
}

/* Send what was made in pieces of @piece octets: is it delivered? */
static bool passes_in(struct fixture *f, uint32_t piece)
{
	static uint8_t got[SVNIC_FRAME_MAX];
	uint64_t spoofed = fixture_tx(f, 1, SVNIC_V_SPOOFED_IP);
	struct svnic_meta meta;
	uint32_t n;

	sim_send(&f->guest[1], claim.frame, claim.len, piece, NULL);
	sim_ring(&f->guest[1]);
	sim_settle(f->core);
	assert_true(svnic_tx_return(&f->guest[1].tx) >= 0);
	n = sim_receive(&f->guest[2], got, sizeof(got), &meta);
	spoofed = fixture_tx(f, 1, SVNIC_V_SPOOFED_IP) - spoofed;
	assert_int_equal(spoofed, n == 0);
	if (n) {
		sim_provide(&f->guest[2], 1, FIXTURE_BUFFER);
		sim_ring(&f->guest[2]);
	}
	return n;
}

bool claim_passes(struct fixture *f)
{
	bool in_pieces = passes_in(f, 20);
	bool whole = passes_in(f, SVNIC_PAGE_SIZE);

	assert_int_equal(in_pieces, whole);
	return whole;
}

void claim_tag(unsigned int tpid, unsigned int tci)
{
	memmove(claim.frame + 16, claim.frame + 12, claim.len - 12);
	claim_be16(12, tpid);
	claim_be16(14, tci);
	claim.len += 4;
}
