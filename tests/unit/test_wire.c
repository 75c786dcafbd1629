/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Real wires in a fresh network namespace: what one wire sends another must
 * receive with the same octets and metadata.
 *
 *   packet:va ---- veth ---- packet:vb        tap:tt ---- packet:tt
 *
 * And a recording, replayed.  Skipped (77) without root.
 */
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <svnic/order.h>

#include "../../device-firmware/hal/hosted/log.h"
#include "../../device-firmware/hal/hosted/wire.h"

#define BLANK SVNIC_META_CSUM_BLANK
#define GSO   (BLANK | SVNIC_META_GSO_TCPV4)
#define VLAN  SVNIC_META_VLAN
#define MACS  12u
#define L4    34u

struct pattern {
	const char *what;
	uint16_t flags;
	uint8_t proto; /* 17: UDP, 6: TCP */
	uint32_t len;
};

static const struct pattern patterns[] = {
	{ "small", 0, 17, 60 },
	{ "full", 0, 17, 1514 },
	{ "tagged", VLAN, 17, 200 },
	{ "blank checksum", BLANK, 17, 300 },
	{ "blank checksum, tagged", BLANK | VLAN, 17, 301 },
	{ "two segments", GSO, 6, L4 + 20 + 2000 },
	{ "large", GSO, 6, 65535 },
	{ "large, tagged", GSO | VLAN, 6, 60000 },
};

static uint8_t octets[SVNIC_FRAME_MAX];

static uint16_t sum16(const uint8_t *p, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* An IPv4 frame that the kernel has no reason to refuse. */
static void make_frame(const struct pattern *t, struct svnic_meta *m)
{
	static const uint8_t head[] = { 2, 0, 0, 0, 0, 1, 2,	0,
					0, 0, 0, 2, 8, 0, 0x45, 0 };
	uint32_t i, l4 = t->len - L4;
	uint8_t csum = t->proto == 6 ? 16 : 6;
	uint8_t *ip = octets + 14, *tp = octets + L4;

	for (i = 0; i < t->len; i++)
		octets[i] = (uint8_t)(i * 7 + t->len);
	memcpy(octets, head, sizeof(head));
	put16(ip + 2, t->len - 14);
	put16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = t->proto;
	memcpy(ip + 12, "\x0a\0\0\1\x0a\0\0\2", 8);
	put16(ip + 10, 0);
	put16(ip + 10, ~sum16(ip, 20, 0) & 0xffffu);
	if (t->proto == 6) {
		tp[12] = 5 << 4;
		tp[13] = 0x10;
		put16(tp + 18, 0);
	} else {
		put16(tp + 4, l4);
	}
	/* The pseudo-header's sum, as every sender of a blank checksum does. */
	put16(tp + csum, sum16(ip + 12, 8, t->proto + l4));
	memset(m, 0, sizeof(*m));
	m->flags = svnic_le16(t->flags);
	if (t->flags & BLANK) {
		m->csum_start = svnic_le16(L4);
		m->csum_offset = csum;
	}
	if (t->flags & SVNIC_META_GSO_TCPV4)
		m->gso_size = svnic_le16(1448);
	if (t->flags & VLAN)
		m->vlan_tci = svnic_le16(0x2064);
}

/* In three pieces, the first as short as is allowed. */
static enum svnic_verdict try_frame(struct wire *w, uint32_t len,
				    const struct svnic_meta *m)
{
	struct hal_iov iov[3] = { { octets, 14 },
				  { octets + 14, 21 },
				  { octets + 35, len - 35 } };

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
		    memcmp(f->data, octets, MACS) == 0)
			return;
	}
	fail_msg("nothing arrived");
}

static void check_frame(const struct hal_frame *f, const struct pattern *t,
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
	assert_memory_equal(f->data, octets, t->len);
}

static void both_ways(struct wire *a, struct wire *b)
{
	struct hal_frame f;
	struct svnic_meta m;
	size_t i;

	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		make_frame(&patterns[i], &m);
		send_frame(a, patterns[i].len, &m);
		receive_frame(b, &f);
		check_frame(&f, &patterns[i], &m);
		send_frame(b, patterns[i].len, &m);
		receive_frame(a, &f);
		check_frame(&f, &patterns[i], &m);
	}
}

/* The kernel's own work: until it is up, what is sent is dropped silently. */
static void await_up(struct wire *w, unsigned int up)
{
	struct svnic_port_info info = { 0 };
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		wire_info(w, &info);
		if (info.up == up)
			return;
		usleep(10000);
	}
	fail_msg("%s does not go %s", w->name, up ? "up" : "down");
}

static void open_wire(struct wire *w, unsigned int port, const char *what)
{
	struct wire_config config;

	assert_true(wire_parse(what, &config));
	assert_int_equal(wire_open(w, port, &config, NULL), 0);
	await_up(w, 1);
}

/* An 802.1ad tag is no business of the metadata; it stays in the frame. */
static void double_tagged(struct wire *a, struct wire *b)
{
	const struct pattern t = { "802.1ad", 0, 17, 400 };
	struct svnic_meta m;
	struct hal_frame f;

	make_frame(&t, &m);
	memcpy(octets + MACS, "\x88\xa8\x20\x64\x81\0\0\x07\x08\0", 10);
	send_frame(a, t.len, &m);
	receive_frame(b, &f);
	check_frame(&f, &t, &m);
}

static void test_packet(void **state)
{
	struct svnic_port_info info = { 0 };
	struct hal_frame f[WIRE_BATCH];
	struct svnic_meta m;
	struct wire a, b;
	unsigned int i, n;

	(void)state;
	open_wire(&a, 0, "packet:va");
	open_wire(&b, 1, "packet:vb");
	both_ways(&a, &b);
	wire_info(&a, &info);
	assert_string_equal(info.name, "packet:va");
	assert_int_equal(info.up, 1);
	assert_int_equal(info.mtu, 1500);
	double_tagged(&a, &b);
	/* A batch, then nothing, which turns the wire quiet. */
	make_frame(&patterns[0], &m);
	for (i = 0; i < 10; i++)
		send_frame(&a, patterns[0].len, &m);
	for (n = 0; n < 10;)
		n += b.ops->rx(&b, f, WIRE_BATCH);
	assert_int_equal(n, 10);
	assert_int_equal(b.ops->rx(&b, f, WIRE_BATCH), 0);
	assert_false(b.readable);
	assert_int_equal(system("ip link set vb down"), 0);
	await_up(&a, 0);
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
	open_wire(&a, 0, "packet:va,plain");
	open_wire(&b, 1, "packet:vb");
	memcpy(octets, "\2\0\0\0\0\1\2\0\0\0\0\2\x88\xb5", 14);
	for (i = 0; i < 3 * WIRE_BATCH; i++) {
		octets[20] = (uint8_t)i;
		assert_int_equal(try_frame(&a, lens[i % 7], &none),
				 SVNIC_V_WIRE);
	}
	wire_flush(&a);
	for (i = 0; i < 3 * WIRE_BATCH; i++) {
		octets[20] = (uint8_t)i;
		receive_frame(&b, &f);
		assert_int_equal(f.len, lens[i % 7]);
		assert_memory_equal(f.data, octets, f.len);
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
	open_wire(&a, 0, "packet:va,plain");
	open_wire(&b, 1, "packet:vb");
	memcpy(octets, "\2\0\0\0\0\1\2\0\0\0\0\2\x88\xb5", 14);
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

static void test_tap(void **state)
{
	struct wire tap, packet;

	(void)state;
	open_wire(&tap, 0, "tap:tt");
	open_wire(&packet, 1, "packet:tt");
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
	await_up(&next, 1);
	assert_true(next.readable);
	open_wire(&packet, 1, "packet:tt0");
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
	struct hal_iov iov = { octets, 10 };
	struct svnic_meta m = { 0 };
	struct wire w;

	(void)state;
	assert_true(wire_parse("packet:nowhere", &config));
	assert_int_equal(wire_open(&w, 0, &config, NULL), -ENODEV);
	assert_true(wire_parse("packet:sixteen-octets--", &config));
	assert_int_equal(wire_open(&w, 0, &config, NULL), -EINVAL);
	assert_true(wire_parse("tap:va", &config));
	assert_true(wire_open(&w, 0, &config, NULL) < 0);
	assert_true(wire_parse("pcap:nothing", &config));
	assert_int_equal(wire_open(&w, 0, &config, NULL), -EINVAL);
	assert_true(wire_parse("pcap:/dev/null/x.pcap,", &config));
	assert_int_equal(wire_open(&w, 0, &config, NULL), -EINVAL);
	open_wire(&w, 0, "packet:va");
	assert_int_equal(w.ops->tx(&w, &iov, 1, &m), SVNIC_V_WIRE_ERROR);
	assert_int_equal(w.ops->tx(&w, &iov, 0, &m), SVNIC_V_WIRE_ERROR);
	wire_close(&w);
}

static void replay(const char *arg)
{
	struct wire w;
	struct svnic_meta m;
	struct hal_frame f;
	size_t i;

	open_wire(&w, 0, arg);
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		const struct pattern *t = &patterns[i];

		make_frame(t, &m);
		assert_int_equal(w.ops->rx(&w, &f, 1), 1);
		assert_int_equal(f.len, t->len);
		assert_int_equal(f.meta.flags, t->flags & VLAN);
		assert_memory_equal(f.data, octets, t->len);
	}
	assert_int_equal(w.ops->rx(&w, &f, 1), 0);
	w.ops->rewind(&w);
	assert_int_equal(w.ops->rx(&w, &f, 1), 1);
	wire_close(&w);
}

/* As on a cable: the tag is among the octets. */
static void record_frame(struct wire *w, const struct pattern *t)
{
	const struct svnic_meta none = { 0 };
	uint8_t tag[4] = { 0x81, 0, 0x20, 0x64 };
	struct hal_iov iov[3] = { { octets, MACS },
				  { tag, t->flags & VLAN ? 4 : 0 },
				  { octets + MACS, t->len - MACS } };

	assert_int_equal(w->ops->tx(w, iov, 3, &none), SVNIC_V_WIRE);
}

static void test_pcap(void **state)
{
	char path[] = "/tmp/svnic-wire-XXXXXX", arg[64];
	struct svnic_meta m;
	struct wire w;
	size_t i;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	snprintf(arg, sizeof(arg), "pcap:,%s", path);
	open_wire(&w, 0, arg);
	assert_int_equal(w.takes, 0);
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		make_frame(&patterns[i], &m);
		record_frame(&w, &patterns[i]);
	}
	wire_close(&w);
	snprintf(arg, sizeof(arg), "pcap:%s,", path);
	replay(arg);
	unlink(path);
}

/* Frames that a capture has in part, or that are none, are left out. */
static void test_pcap_refused(void **state)
{
	char path[] = "/tmp/svnic-wire-XXXXXX", arg[64];
	static const struct {
		uint32_t caplen, len;
	} frames[] = { { 60, 1514 }, { 13, 13 }, { 60, 60 } };
	pcap_t *out = pcap_open_dead(DLT_EN10MB, 65535);
	struct hal_frame f[4];
	pcap_dumper_t *dumper;
	struct wire w;
	unsigned int i;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	dumper = pcap_dump_open(out, path);
	assert_non_null(dumper);
	for (i = 0; i < 3; i++) {
		const struct pcap_pkthdr h = { .caplen = frames[i].caplen,
					       .len = frames[i].len };

		pcap_dump((uint8_t *)dumper, &h, octets);
	}
	pcap_dump_close(dumper);
	pcap_close(out);
	snprintf(arg, sizeof(arg), "pcap:%s,", path);
	open_wire(&w, 0, arg);
	assert_int_equal(w.ops->rx(&w, f, 4), 1);
	assert_int_equal(f[0].len, 60);
	assert_int_equal(w.refused, 2);
	assert_false(w.readable);
	wire_close(&w);
	unlink(path);
}

static void test_plain(void **state)
{
	struct wire_config config;
	struct wire w;

	(void)state;
	assert_true(wire_parse("packet:va,plain", &config));
	assert_true(config.is_plain);
	assert_string_equal(config.arg, "va");
	open_wire(&w, 0, "packet:va,plain");
	assert_int_equal(w.takes, 0);
	wire_close(&w);
	open_wire(&w, 0, "packet:va");
	assert_int_equal(w.takes, WIRE_TAKES_ALL);
	wire_close(&w);
	assert_true(wire_parse("tap:,plain", &config));
	assert_false(config.is_plain);
	assert_true(wire_parse("pcap:in,plain", &config));
	assert_string_equal(config.arg, "in,plain");
}

/* Without IPv6 the kernel sends no frames of its own over these links. */
static bool make_links(void)
{
	return system("echo 1 2>/dev/null "
		      ">/proc/sys/net/ipv6/conf/default/disable_ipv6; "
		      "ip link add va type veth peer name vb && "
		      "ip link set va up && ip link set vb up") == 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packet),
		cmocka_unit_test(test_packet_order),
		cmocka_unit_test(test_packet_refused),
		cmocka_unit_test(test_tap),
		cmocka_unit_test(test_tap_goes_on),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_pcap),
		cmocka_unit_test(test_pcap_refused),
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
