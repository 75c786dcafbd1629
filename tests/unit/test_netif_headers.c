/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where svnicd finds the headers of a guest's frame: tags, extension headers,
 * fragments, and frames cut at every octet (rules R06, R07).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "netif/headers.h"

#define HOP_BY_HOP     0
#define ROUTING	       43
#define FRAGMENT       44
#define AUTHENTICATION 51
#define DESTINATION    60
#define NO_NEXT	       59

static uint8_t frame[1024];
static size_t at; /* octets that were made */

static void add(const void *octets, size_t len)
{
	memcpy(frame + at, octets, len);
	at += len;
}

/* Addresses and up to two tags, then the type. */
static void begin(unsigned int nr_tags, uint16_t type)
{
	static const uint8_t tags[2][4] = { { 0x88, 0xa8, 0, 1 },
					    { 0x81, 0, 0, 2 } };
	unsigned int i;

	memset(frame, 0xee, sizeof(frame));
	at = 12;
	for (i = 2 - nr_tags; i < 2; i++)
		add(tags[i], 4);
	headers_put16(frame + at, type);
	at += 2;
}

static void add_ipv4(unsigned int words, uint8_t protocol, uint16_t fragment)
{
	uint8_t ip[60] = { (uint8_t)(0x40 | words) };

	headers_put16(ip + 2, 200);
	headers_put16(ip + 6, fragment);
	ip[9] = protocol;
	add(ip, words * 4 > 20 ? words * 4 : 20);
}

static void add_ipv6(uint8_t next)
{
	uint8_t ip[40] = { 0x60 };

	headers_put16(ip + 4, 200);
	ip[6] = next;
	add(ip, sizeof(ip));
}

/* Of @len octets, as its type counts them. */
static void add_extension(uint8_t type, uint8_t next, unsigned int len)
{
	uint8_t e[64] = { next };

	e[1] = (uint8_t)(type == AUTHENTICATION ? len / 4 - 2 : len / 8 - 1);
	add(e, len);
}

static void add_tcp(unsigned int words)
{
	uint8_t tcp[60] = { 0 };

	tcp[12] = (uint8_t)(words << 4);
	add(tcp, words * 4 > 20 ? words * 4 : 20);
}

/* From memory that ends where the frame does. */
static bool find(size_t linear, struct headers *h)
{
	uint8_t *copy = malloc(linear ? linear : 1);
	bool found;

	assert_non_null(copy);
	memcpy(copy, frame, linear);
	found = headers_find(copy, linear, h);
	free(copy);
	return found;
}

static void expect(unsigned int ip, uint8_t protocol, size_t l4, size_t end)
{
	struct headers h;

	assert_true(find(at, &h));
	assert_int_equal(h.ip, ip);
	assert_int_equal(h.protocol, protocol);
	assert_int_equal(h.l4, l4);
	assert_int_equal(h.end, end);
}

/* However much of it can be read: what is found is in there. */
static void cut_everywhere(void)
{
	struct headers h;
	size_t n;

	for (n = 0; n <= at; n++) {
		if (!find(n, &h))
			assert_true(!h.l3 && !h.l4 && !h.end);
		assert_true(h.l3 <= n && h.end <= n);
		assert_true(!h.l4 || h.l4 + 8u <= n);
		assert_true(!h.end || h.end > h.l4);
	}
}

static void test_tags(void **state)
{
	unsigned int tags;

	(void)state;
	for (tags = 0; tags <= 2; tags++) {
		begin(tags, 0x0800);
		add_ipv4(5, SVNIC_IP_TCP, 0x4000);
		add_tcp(8);
		expect(4, SVNIC_IP_TCP, 34 + 4 * tags, 66 + 4 * tags);
		cut_everywhere();
		begin(tags, 0x86dd);
		add_ipv6(SVNIC_IP_UDP);
		add_tcp(5);
		expect(6, SVNIC_IP_UDP, 54 + 4 * tags, 62 + 4 * tags);
		cut_everywhere();
	}
	/* A third tag is nobody's. */
	begin(2, 0x8100);
	add("\0\3\x08\0", 4);
	add_ipv4(5, SVNIC_IP_TCP, 0);
	add_tcp(5);
	assert_false(find(at, &(struct headers) { 0 }));
}

static void test_ipv4(void **state)
{
	(void)state;
	begin(0, 0x0800);
	add_ipv4(15, SVNIC_IP_UDP, 0);
	add_tcp(5);
	expect(4, SVNIC_IP_UDP, 74, 82);
	cut_everywhere();
	/* Fragments, first or not, and what is neither TCP nor UDP. */
	begin(0, 0x0800);
	add_ipv4(5, SVNIC_IP_TCP, 0x2000);
	add_tcp(5);
	expect(4, SVNIC_IP_TCP, 0, 0);
	begin(0, 0x0800);
	add_ipv4(5, SVNIC_IP_TCP, 0x0001);
	add_tcp(5);
	expect(4, SVNIC_IP_TCP, 0, 0);
	begin(0, 0x0800);
	add_ipv4(5, 1, 0);
	add_tcp(5);
	expect(4, 1, 0, 0);
	/* Lies: a header of 16 octets; IPv6 by its type only. */
	begin(0, 0x0800);
	add_ipv4(4, SVNIC_IP_TCP, 0);
	add_tcp(5);
	assert_false(find(at, &(struct headers) { 0 }));
	begin(0, 0x86dd);
	add_ipv4(5, SVNIC_IP_TCP, 0);
	add_tcp(10);
	assert_false(find(at, &(struct headers) { 0 }));
}

static void test_tcp_length(void **state)
{
	(void)state;
	begin(0, 0x0800);
	add_ipv4(5, SVNIC_IP_TCP, 0);
	add_tcp(4); /* shorter than any */
	expect(4, SVNIC_IP_TCP, 34, 0);
	begin(0, 0x0800);
	add_ipv4(5, SVNIC_IP_TCP, 0);
	add_tcp(15);
	expect(4, SVNIC_IP_TCP, 34, 94);
	cut_everywhere();
	at -= 1; /* its options are not all there */
	expect(4, SVNIC_IP_TCP, 34, 0);
}

static void test_extensions(void **state)
{
	(void)state;
	begin(0, 0x86dd);
	add_ipv6(HOP_BY_HOP);
	add_extension(HOP_BY_HOP, DESTINATION, 8);
	add_extension(DESTINATION, ROUTING, 24);
	add_extension(ROUTING, AUTHENTICATION, 16);
	add_extension(AUTHENTICATION, SVNIC_IP_TCP, 24);
	add_tcp(5);
	expect(6, SVNIC_IP_TCP, 54 + 72, 54 + 92);
	cut_everywhere();
	/* Another fragment's header than that of a whole packet ends it. */
	begin(0, 0x86dd);
	add_ipv6(FRAGMENT);
	add("\x06\0\0\0\0\0\0\1", 8);
	add_tcp(5);
	expect(6, SVNIC_IP_TCP, 62, 82);
	begin(0, 0x86dd);
	add_ipv6(FRAGMENT);
	add("\x06\0\0\1\0\0\0\1", 8);
	add_tcp(5);
	expect(6, FRAGMENT, 0, 0);
	begin(0, 0x86dd);
	add_ipv6(NO_NEXT);
	add_tcp(5);
	expect(6, NO_NEXT, 0, 0);
}

/* A chain has a bound, and so have the octets that are looked at. */
static void test_long_chain(void **state)
{
	unsigned int i, nr;

	(void)state;
	for (nr = 8; nr <= 9; nr++) {
		begin(0, 0x86dd);
		add_ipv6(DESTINATION);
		for (i = 1; i < nr; i++)
			add_extension(DESTINATION, DESTINATION, 8);
		add_extension(DESTINATION, SVNIC_IP_TCP, 8);
		add_tcp(5);
		if (nr == 8)
			expect(6, SVNIC_IP_TCP, 54 + 64, 54 + 84);
		else
			expect(6, DESTINATION, 0, 0);
		cut_everywhere();
	}
	begin(0, 0x86dd);
	add_ipv6(DESTINATION);
	for (i = 1; i < 8; i++)
		add_extension(DESTINATION, DESTINATION, 64);
	add_extension(DESTINATION, SVNIC_IP_TCP, 64);
	add_tcp(5);
	assert_true(at > SVNIC_HEADERS_MAX);
	expect(6, SVNIC_IP_TCP, 0, 0);
	cut_everywhere();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_tcp_length),
		cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_long_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
