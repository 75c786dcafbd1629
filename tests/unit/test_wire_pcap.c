/* SPDX-License-Identifier: GPL-2.0-only */
/* A wire that is a recording, and one that is replayed. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "wire_frames.h"

static void replay(const char *arg)
{
	struct wire w;
	struct svnic_meta m;
	struct hal_frame f;
	size_t i;

	wire_open_as(&w, 0, arg);
	for (i = 0; i < WIRE_PATTERNS; i++) {
		const struct wire_pattern *t = &wire_patterns[i];

		wire_frame_make(t, &m);
		assert_int_equal(w.ops->rx(&w, &f, 1), 1);
		assert_int_equal(f.len, t->len);
		assert_int_equal(f.meta.flags, t->flags & VLAN);
		assert_memory_equal(f.data, wire_octets, t->len);
	}
	assert_int_equal(w.ops->rx(&w, &f, 1), 0);
	w.ops->rewind(&w);
	assert_int_equal(w.ops->rx(&w, &f, 1), 1);
	wire_close(&w);
}

/* As on a cable: the tag is among the wire_octets. */
static void record_frame(struct wire *w, const struct wire_pattern *t)
{
	const struct svnic_meta none = { 0 };
	uint8_t tag[4] = { 0x81, 0, 0x20, 0x64 };
	struct hal_iov iov[3] = { { wire_octets, MACS },
				  { tag, t->flags & VLAN ? 4 : 0 },
				  { wire_octets + MACS, t->len - MACS } };

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
	wire_open_as(&w, 0, arg);
	assert_int_equal(w.takes, 0);
	for (i = 0; i < WIRE_PATTERNS; i++) {
		wire_frame_make(&wire_patterns[i], &m);
		record_frame(&w, &wire_patterns[i]);
	}
	wire_close(&w);
	snprintf(arg, sizeof(arg), "pcap:%s,", path);
	replay(arg);
	unlink(path);
}

static unsigned int count_frames(const char *path)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *in = pcap_open_offline(path, error);
	struct pcap_pkthdr *h;
	const uint8_t *data;
	unsigned int nr = 0;
	int ret;

	assert_non_null(in);
	while ((ret = pcap_next_ex(in, &h, &data)) == 1)
		nr++;
	assert_int_equal(ret, PCAP_ERROR_BREAK);
	pcap_close(in);
	return nr;
}

static void record_on(const char *path, const struct wire_legacy *legacy)
{
	struct wire_config config;
	struct svnic_meta m;
	char arg[64];
	struct wire w;

	snprintf(arg, sizeof(arg), "pcap:,%s", path);
	assert_true(wire_parse(arg, &config));
	assert_int_equal(wire_open(&w, 0, &config, legacy), 0);
	wire_frame_make(&wire_patterns[0], &m);
	record_frame(&w, &wire_patterns[0]);
	record_frame(&w, &wire_patterns[0]);
	wire_close(&w);
}

/* A core that was killed left half a frame, or half a header, or nothing. */
static void test_pcap_goes_on(void **state)
{
	const struct wire_legacy legacy = { .fd = -1, .is_first = false };
	const struct {
		long left; /* octets; from the end if below 0 */
		unsigned int nr;
	} cuts[] = { { -7, 3 }, { -70, 3 }, { 30, 2 },
		     { 24, 2 }, { 9, 2 },   { 0, 2 } };
	char path[] = "/tmp/svnic-wire-XXXXXX";
	int fd = mkstemp(path);
	size_t i;

	(void)state;
	assert_true(fd >= 0);
	for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		long size;

		record_on(path, NULL);
		size = (long)lseek(fd, 0, SEEK_END);
		size = cuts[i].left < 0 ? size + cuts[i].left : cuts[i].left;
		assert_int_equal(ftruncate(fd, size), 0);
		record_on(path, &legacy);
		assert_int_equal(count_frames(path), cuts[i].nr);
	}
	close(fd);
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

		pcap_dump((uint8_t *)dumper, &h, wire_octets);
	}
	pcap_dump_close(dumper);
	pcap_close(out);
	snprintf(arg, sizeof(arg), "pcap:%s,", path);
	wire_open_as(&w, 0, arg);
	assert_int_equal(w.ops->rx(&w, f, 4), 1);
	assert_int_equal(f[0].len, 60);
	assert_int_equal(w.refused, 2);
	assert_false(w.readable);
	wire_close(&w);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pcap),
		cmocka_unit_test(test_pcap_goes_on),
		cmocka_unit_test(test_pcap_refused),
	};

	log_set_level(LOG_LEVEL_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
