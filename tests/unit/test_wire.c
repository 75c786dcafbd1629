/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real wires in a fresh network namespace: what one wire sends another must
 * receive with the same octets and metadata.
 *
 *   packet:va ---- veth ---- packet:vb        tap:tt ---- packet:tt
 *
 * Skipped (77) without root.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire_frames.h"

/* In three pieces, the first as short as is allowed. */
static enum svnic_verdict try_frame(struct wire *w, uint32_t len,
				    const struct svnic_meta *m)
{
	struct hal_iov iov[3] = { { wire_octets, 14 },
				  { wire_octets + 14, 21 },
				  { wire_octets + 35, len - 35 } };

	return w->ops->tx(w, iov, 3, m);
}

static void send_frame(struct wire *w, uint32_t len, const struct svnic_meta *m)
{
	assert_int_equal(try_frame(w, len, m), SVNIC_V_WIRE);
	wire_flush(w);
}

/* One frame of ours; others, such as the kernel's own, are passed over. */
static void receive_frame(struct wire *w, struct hal_frame *f)
{
	unsigned int i;

	for (i = 0; i < 50; i++) {
		struct pollfd p = { .fd = w->fd, .events = POLLIN };

		assert_int_equal(poll(&p, 1, 2000), 1);
		if (w->ops->rx(w, f, 1) == 1 &&
		    memcmp(f->data, wire_octets, MACS) == 0)
			return;
	}
	fail_msg("nothing arrived");
}

static void check_frame(const struct hal_frame *f, const struct wire_pattern *t,
			const struct svnic_meta *m)
{
	uint16_t flags = svnic_cpu16(f->meta.flags);

	assert_int_equal(f->len, t->len);
	assert_int_equal(flags & ~SVNIC_META_CSUM_GOOD, t->flags);
	assert_int_equal(f->meta.csum_start, m->csum_start);
	assert_int_equal(f->meta.csum_offset, m->csum_offset);
	assert_int_equal(f->meta.gso_size, m->gso_size);
	if (t->flags & VLAN)
		assert_int_equal(f->meta.vlan_tci, m->vlan_tci);
	assert_memory_equal(f->data, wire_octets, t->len);
}

static void both_ways(struct wire *a, struct wire *b)
{
	struct hal_frame f;
	struct svnic_meta m;
	size_t i;

	for (i = 0; i < WIRE_PATTERNS; i++) {
		wire_frame_make(&wire_patterns[i], &m);
		send_frame(a, wire_patterns[i].len, &m);
		receive_frame(b, &f);
		check_frame(&f, &wire_patterns[i], &m);
		send_frame(b, wire_patterns[i].len, &m);
		receive_frame(a, &f);
		check_frame(&f, &wire_patterns[i], &m);
	}
}

/* An 802.1ad tag is no business of the metadata; it stays in the frame. */
static void double_tagged(struct wire *a, struct wire *b)
{
	const struct wire_pattern t = { "802.1ad", 0, 17, 400 };
	struct svnic_meta m;
	struct hal_frame f;

	wire_frame_make(&t, &m);
	memcpy(wire_octets + MACS, "\x88\xa8\x20\x64\x81\0\0\x07\x08\0", 10);
	send_frame(a, t.len, &m);
	receive_frame(b, &f);
	check_frame(&f, &t, &m);
}

/* Without IPv6 the kernel sends no frames of its own over these links. */
static bool make_links(void)
{
	return system("echo 1 2>/dev/null "
		      ">/proc/sys/net/ipv6/conf/default/disable_ipv6; "
		      "ip link add va type veth peer name vb && "
		      "ip link set va up && ip link set vb up") == 0;
}

static void test_packet(void **state)
{
	struct svnic_port_info info = { 0 };
	struct hal_frame f[WIRE_BATCH];
	struct svnic_meta m;
	struct wire a, b;
	unsigned int i, n;

	(void)state;
	wire_open_as(&a, 0, "packet:va");
	wire_open_as(&b, 1, "packet:vb");
	both_ways(&a, &b);
	wire_info(&a, &info);
	assert_string_equal(info.name, "packet:va");
	assert_int_equal(info.up, 1);
	assert_int_equal(info.mtu, 1500);
	double_tagged(&a, &b);
	/* A batch, then nothing, which turns the wire quiet. */
	wire_frame_make(&wire_patterns[0], &m);
	for (i = 0; i < 10; i++)
		send_frame(&a, wire_patterns[0].len, &m);
	for (n = 0; n < 10;)
		n += b.ops->rx(&b, f, WIRE_BATCH);
	assert_int_equal(n, 10);
	assert_int_equal(b.ops->rx(&b, f, WIRE_BATCH), 0);
	assert_false(b.readable);
	assert_int_equal(system("ip link set vb down"), 0);
	wire_await(&a, 0);
	assert_int_equal(system("ip link set vb up"), 0);
	wire_close(&a);
	wire_close(&b);
}

/* Small ones wait for each other, large ones do not; none overtakes. */
static void test_packet_order(void **state)
{
	static const uint32_t lens[] = { 60, 1514, 1514, 4000, 61, 2100, 62 };
	const struct svnic_meta none = { 0 };
	struct hal_frame f;
	struct wire a, b;
	unsigned int i;

	(void)state;
	assert_int_equal(system("ip link set va mtu 9000 && "
				"ip link set vb mtu 9000"),
			 0);
	wire_open_as(&a, 0, "packet:va,plain");
	wire_open_as(&b, 1, "packet:vb");
	memcpy(wire_octets, "\2\0\0\0\0\1\2\0\0\0\0\2\x88\xb5", 14);
	for (i = 0; i < 3 * WIRE_BATCH; i++) {
		wire_octets[20] = (uint8_t)i;
		assert_int_equal(try_frame(&a, lens[i % 7], &none),
				 SVNIC_V_WIRE);
	}
	wire_flush(&a);
	for (i = 0; i < 3 * WIRE_BATCH; i++) {
		wire_octets[20] = (uint8_t)i;
		receive_frame(&b, &f);
		assert_int_equal(f.len, lens[i % 7]);
		assert_memory_equal(f.data, wire_octets, f.len);
	}
	/* What waits goes before the end, too. */
	assert_int_equal(try_frame(&a, 60, &none), SVNIC_V_WIRE);
	wire_close(&a);
	receive_frame(&b, &f);
	wire_close(&b);
	assert_int_equal(system("ip link set va mtu 1500 && "
				"ip link set vb mtu 1500"),
			 0);
}

/* After a refusal each frame is tried by itself, until one goes. */
static void test_packet_refused(void **state)
{
	const struct svnic_meta none = { 0 };
	struct hal_frame f;
	struct wire a, b;

	(void)state;
	wire_open_as(&a, 0, "packet:va,plain");
	wire_open_as(&b, 1, "packet:vb");
	memcpy(wire_octets, "\2\0\0\0\0\1\2\0\0\0\0\2\x88\xb5", 14);
	send_frame(&a, 1600, &none); /* longer than the interface takes */
	assert_int_equal(try_frame(&a, 1600, &none), SVNIC_V_WIRE_ERROR);
	assert_int_equal(try_frame(&a, 60, &none), SVNIC_V_WIRE);
	receive_frame(&b, &f);
	assert_int_equal(f.len, 60);
	assert_int_equal(try_frame(&a, 61, &none), SVNIC_V_WIRE);
	assert_int_equal(try_frame(&a, 1600, &none), SVNIC_V_WIRE);
	assert_int_equal(try_frame(&a, 62, &none), SVNIC_V_WIRE);
	wire_flush(&a);
	receive_frame(&b, &f);
	assert_int_equal(f.len, 61);
	receive_frame(&b, &f);
	assert_int_equal(f.len, 62);
	wire_close(&a);
	wire_close(&b);
}

/* An interface that goes down and comes again does not hide what it brings. */
static void test_packet_down(void **state)
{
	const struct svnic_meta none = { 0 };
	struct hal_frame f[WIRE_BATCH];
	struct wire a, b;

	(void)state;
	wire_open_as(&a, 0, "packet:va");
	wire_open_as(&b, 1, "packet:vb");
	while (b.readable)
		b.ops->rx(&b, f, WIRE_BATCH);
	assert_int_equal(system("ip link set vb down"), 0);
	wire_await(&a, 0);
	assert_int_equal(system("ip link set vb up"), 0);
	wire_await(&a, 1);
	memcpy(wire_octets, "\2\0\0\0\0\1\2\0\0\0\0\2\x88\xb5", 14);
	send_frame(&a, 60, &none);
	/* What epoll tells, once. */
	b.readable = true;
	assert_int_equal(b.ops->rx(&b, f, WIRE_BATCH), 0);
	assert_true(b.readable);
	receive_frame(&b, f);
	wire_close(&a);
	wire_close(&b);
}

static void test_tap(void **state)
{
	struct wire tap, packet;

	(void)state;
	wire_open_as(&tap, 0, "tap:tt");
	wire_open_as(&packet, 1, "packet:tt");
	both_ways(&packet, &tap);
	wire_close(&packet);
	wire_close(&tap);
}

/* The next core's: the interface stays, under the name that it has. */
static void test_tap_goes_on(void **state)
{
	struct wire_legacy legacy = { .is_first = false };
	struct wire_config config;
	struct wire first, next, packet;

	(void)state;
	assert_true(wire_parse("tap:tt%d", &config));
	assert_int_equal(wire_open(&first, 0, &config, NULL), 0);
	assert_string_equal(first.interface, "tt0");
	legacy.fd = dup(first.fd);
	wire_close(&first);
	assert_int_equal(wire_open(&next, 0, &config, &legacy), 0);
	assert_string_equal(next.interface, "tt0");
	wire_await(&next, 1);
	assert_true(next.readable);
	wire_open_as(&packet, 1, "packet:tt0");
	both_ways(&packet, &next);
	wire_close(&packet);
	wire_close(&next);
	/* What is no TAP is not taken for one. */
	legacy.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	assert_true(legacy.fd >= 0);
	assert_true(wire_open(&next, 0, &config, &legacy) < 0);
	close(legacy.fd);
}

static void test_refusals(void **state)
{
	struct wire_config config;
	struct hal_iov iov = { wire_octets, 10 };
	struct svnic_meta m = { 0 };
	struct wire w;

	(void)state;
	assert_true(wire_parse("packet:nowhere", &config));
	assert_int_equal(wire_open(&w, 0, &config, NULL), -ENODEV);
	assert_true(wire_parse("packet:sixteen-wire_octets--", &config));
	assert_int_equal(wire_open(&w, 0, &config, NULL), -EINVAL);
	assert_true(wire_parse("tap:va", &config));
	assert_true(wire_open(&w, 0, &config, NULL) < 0);
	assert_true(wire_parse("pcap:nothing", &config));
	assert_int_equal(wire_open(&w, 0, &config, NULL), -EINVAL);
	assert_true(wire_parse("pcap:/dev/null/x.pcap,", &config));
	assert_int_equal(wire_open(&w, 0, &config, NULL), -EINVAL);
	wire_open_as(&w, 0, "packet:va");
	assert_int_equal(w.ops->tx(&w, &iov, 1, &m), SVNIC_V_WIRE_ERROR);
	assert_int_equal(w.ops->tx(&w, &iov, 0, &m), SVNIC_V_WIRE_ERROR);
	wire_close(&w);
}

static void test_plain(void **state)
{
	struct wire_config config;
	struct wire w;

	(void)state;
	assert_true(wire_parse("packet:va,plain", &config));
	assert_true(config.is_plain);
	assert_string_equal(config.arg, "va");
	wire_open_as(&w, 0, "packet:va,plain");
	assert_int_equal(w.takes, 0);
	wire_close(&w);
	wire_open_as(&w, 0, "packet:va");
	assert_int_equal(w.takes, WIRE_TAKES_ALL);
	wire_close(&w);
	assert_true(wire_parse("tap:,plain", &config));
	assert_false(config.is_plain);
	assert_true(wire_parse("pcap:in,plain", &config));
	assert_string_equal(config.arg, "in,plain");
}

/* Deleted, and made again under its name: the wire goes on by itself. */
static void test_packet_again(void **state)
{
	struct hal_frame f[WIRE_BATCH];
	struct svnic_meta m;
	struct wire a, b;
	unsigned int i;

	(void)state;
	wire_open_as(&a, 0, "packet:va");
	wire_open_as(&b, 1, "packet:vb");
	assert_int_equal(system("ip link del va"), 0);
	wire_frame_make(&wire_patterns[0], &m);
	/* It is heard of by one end in sending, by the other in receiving. */
	for (i = 0; i < 3; i++)
		try_frame(&a, wire_patterns[0].len, &m);
	wire_flush(&a);
	while (b.readable)
		b.ops->rx(&b, f, WIRE_BATCH);
	wire_await(&a, 0);
	assert_true(make_links());
	a.readable = false;
	for (i = 0; i < 500 && !(a.readable && b.readable); i++) {
		wire_flush(&a);
		wire_flush(&b);
		poll(NULL, 0, 20);
	}
	assert_true(a.readable && b.readable);
	both_ways(&a, &b);
	wire_close(&a);
	wire_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packet),
		cmocka_unit_test(test_packet_order),
		cmocka_unit_test(test_packet_refused),
		cmocka_unit_test(test_packet_down),
		cmocka_unit_test(test_packet_again),
		cmocka_unit_test(test_tap),
		cmocka_unit_test(test_tap_goes_on),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_plain),
	};

	log_set_level(LOG_LEVEL_ERR);
	if (geteuid() != 0 || unshare(CLONE_NEWNET) < 0 ||
	    access("/dev/net/tun", R_OK | W_OK) < 0 || !make_links()) {
		fprintf(stderr,
			"skipped: needs root, ip, veth and /dev/net/tun\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
