/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parsers of what guests and toolstack write: numbers (rule R34), MAC
 * addresses, rates; and the completion of checksums.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "checksum.h"
#include "text.h"

static void test_numbers(void **state)
{
	static const char *const bad[] = {
		"",
		"-1",
		"+1",
		" 1",
		"1 ",
		"0x1",
		"1e3",
		"1.0",
		"\xff",
		"4294967296",
		"99999999999999999999",
		"1\n",
		"a",
		"1a",
		"-0",
		"18446744073709551617",
	};
	static const struct {
		const char *text;
		uint32_t value;
	} good[] = {
		{ "0", 0 },
		{ "1", 1 },
		{ "007", 7 },
		{ "4294967295", UINT32_MAX },
	};
	static char huge[4096];
	uint32_t v = 77;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(text_u32(bad[i], UINT32_MAX, &v) < 0);
	memset(huge, '9', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	assert_int_equal(text_u32(huge, UINT32_MAX, &v), -ERANGE);
	assert_int_equal(v, 77);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(text_u32(good[i].text, UINT32_MAX, &v), 0);
		assert_int_equal(v, good[i].value);
	}
	assert_int_equal(text_u32("16", 16, &v), 0);
	assert_int_equal(text_u32("17", 16, &v), -ERANGE);
}

static void test_u64(void **state)
{
	uint64_t v = 5;

	(void)state;
	assert_int_equal(text_u64("18446744073709551615", UINT64_MAX, &v), 0);
	assert_true(v == UINT64_MAX);
	assert_int_equal(text_u64("18446744073709551616", UINT64_MAX, &v),
			 -ERANGE);
}

static void test_mac(void **state)
{
	static const char *const bad[] = {
		"",
		"00:16:3e:00:00",
		"00:16:3e:00:00:0",
		"00:16:3e:00:00:001",
		"00-16-3e-00-00-01",
		"00:16:3e:00:00:0g",
		"00:16:3e:00:00:01 ",
		"0016:3e:00:00:01:",
		":00:16:3e:00:00:0",
	};
	static const uint8_t want[6] = { 0, 0x16, 0x3e, 0xab, 0xCD, 0xff };
	char text[TEXT_MAC];
	uint8_t mac[6] = { 1 };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(text_mac(bad[i], mac), -EINVAL);
	assert_int_equal(mac[0], 1);
	assert_int_equal(text_mac("00:16:3e:AB:cd:fF", mac), 0);
	assert_memory_equal(mac, want, 6);
	text_mac_print(mac, text);
	assert_string_equal(text, "00:16:3e:ab:cd:ff");
}

static void test_rate(void **state)
{
	static const char *const bad[] = {
		"",	 ",",	   "1",	    "1,",	    ",1",
		"0,1",	 "1,0",	   "-1,5",  "1,-5",	    "1, 5",
		"1,5 ",	 "1,5,6",  "0x1,5", "4294967296,1", "1,4294967296",
		"1,5us", "\xff,5", "1;5",   "10Mb/s",	    " 1,5",
	};
	struct text_rate r = { 1, 2 };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(text_rate(bad[i], &r) < 0);
	assert_int_equal(r.rate, 1);
	/* xl's 10Mb/s and 1MB/s@20ms */
	assert_int_equal(text_rate("62500,50000", &r), 0);
	assert_int_equal(r.rate, 1250000);
	assert_int_equal(r.burst, 131072);
	assert_int_equal(text_rate("20000,20000", &r), 0);
	assert_int_equal(r.rate, 1000000);
	assert_int_equal(text_rate("4294967295,1", &r), 0);
	assert_true(r.rate == 4294967295ull * 1000000);
	assert_int_equal(r.burst, UINT32_MAX);
	assert_int_equal(text_rate("1,4294967295", &r), -ERANGE);
}

static const char *const bad_rates[] = {
	"",
	"1",
	"1M",
	"1Mb",
	"1Mb/",
	"1Mbps",
	"1mb/s",
	"1Mb/s@",
	"1Mb/s@5x",
	"1Mb/s@0",
	"Mb/s",
	"-1Mb/s",
	"1.Gb/s",
	".5Gb/s",
	"1,5Gb/s",
	"1.5.5Gb/s",
	"1.0000000001Gb/s",
	"1  Mb/s",
	"1 M b/s",
	"1Mbits/s",
	"1MBit/s",
	"1Mbit",
	"1Tb/s",
	"1Mb/s 5",
	"1Mb/s@5ms5",
	"0x5Mb/s",
	"99999999999Mb/s",
	"4294967295GB/s",
	"1b/s@1us",
	"0Mb/s",
};

static void test_rate_person(void **state)
{
	static const struct {
		const char *text;
		uint64_t rate;
		uint32_t burst;
	} good[] = {
		{ "0", 0, 0 },
		{ "10Mb/s", 1250000, 131072 },
		{ "1MB/s@20ms", 1000000, 131072 },
		{ "10Gb/s", 1250000000, 62500000 },
		{ "8b/s@1s", 1, 131072 },
		{ "100KB/s@500us", 100000, 131072 },
		{ "1GB/s@1s", 1000000000, 1000000000 },
		{ "62500,50000", 1250000, 131072 },
		{ "100 Mbit/s", 12500000, 625000 },
		{ "1.5Gb/s", 187500000, 9375000 },
		{ "0.25 MB/s", 250000, 131072 },
		{ "64 kbit/s", 8000, 131072 },
	};
	struct text_rate r = { 5, 6 };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bad_rates) / sizeof(bad_rates[0]); i++)
		if (text_rate_person(bad_rates[i], &r) == 0)
			fail_msg("\"%s\" was taken", bad_rates[i]);
	assert_int_equal(r.rate, 5);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(text_rate_person(good[i].text, &r), 0);
		assert_int_equal(r.rate, good[i].rate);
		assert_int_equal(r.burst, good[i].burst);
	}
}

static void test_speed(void **state)
{
	static const char *const bad[] = { "",	  "1",	  "fast",  "1Mb/s@20ms",
					   "5,6", "7b/s", "0Mb/s", "1Mb/s " };
	static const struct {
		const char *text, *again;
		uint64_t octets;
	} good[] = {
		{ "0", "0b/s", 0 },
		{ "8b/s", "8b/s", 1 },
		{ "2.5 Gbit/s", "2500Mb/s", 312500000 },
		{ "10GB/s", "80Gb/s", 10000000000 },
		{ "9 kbit/s", "9Kb/s", 1125 },
		{ "4294967295GB/s", "34359738360Gb/s", 4294967295000000000 },
	};
	char text[TEXT_SPEED];
	uint64_t v = 5;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (text_speed(bad[i], &v) == 0)
			fail_msg("\"%s\" was taken", bad[i]);
	assert_int_equal(v, 5);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(text_speed(good[i].text, &v), 0);
		assert_true(v == good[i].octets);
		if (v >= UINT64_MAX / 8)
			continue;
		text_speed_print(v, text);
		assert_string_equal(text, good[i].again);
	}
}

static void test_results(void **state)
{
	char name[TEXT_VERDICT];
	unsigned int i;

	(void)state;
	for (i = 0; i <= SVNIC_ST_NR; i++)
		assert_non_null(text_result((int)i));
	assert_string_equal(text_result(-ENODEV), strerror(ENODEV));
	for (i = 0; i <= SVNIC_V_NR; i++) {
		assert_non_null(text_verdict(i));
		text_verdict_name(i, name);
	}
	text_verdict_name(SVNIC_V_NO_DESTINATION, name);
	assert_string_equal(name, "no_destination");
}

/* An Internet checksum over all of it, with the sum in place, is zero. */
static uint16_t total(const unsigned char *p, size_t len)
{
	uint32_t s = 0;
	size_t i;

	for (i = 0; i < len; i++)
		s += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (uint16_t)s;
}

static void test_checksum(void **state)
{
	unsigned char frame[64];
	size_t len, at;
	unsigned int i;

	(void)state;
	for (len = 20; len <= sizeof(frame); len++) {
		for (i = 0; i < len; i++)
			frame[i] = (unsigned char)(i * 37 + len);
		frame[16] = frame[17] = 0;
		checksum_complete(frame, len, 10, 6);
		assert_int_equal(total(frame + 10, len - 10), 0xffff);
	}
	/* Nothing outside the frame is touched, wherever it points. */
	for (len = 0; len <= 8; len++) {
		for (at = 0; at <= 300; at++) {
			memset(frame, 0x5a, sizeof(frame));
			checksum_complete(frame, len, at, 255);
			checksum_complete(frame, len, 65535, at);
			checksum_complete(frame, len, at, 0);
			for (i = (unsigned int)len; i < sizeof(frame); i++)
				assert_int_equal(frame[i], 0x5a);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_u64),
		cmocka_unit_test(test_mac),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_rate_person),
		cmocka_unit_test(test_speed),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_checksum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
