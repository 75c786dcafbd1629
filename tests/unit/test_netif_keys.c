/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The keys of a frontend: what is taken and what is refused (rule R34).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/netif_world.h"

static struct world w;
static struct netif_config config;
static char why[PLATFORM_REASON];

static int begin(void **state)
{
	(void)state;
	world_init(&w, 1, false);
	world_set(&w, "request-rx-copy", "1");
	world_set(&w, "tx-ring-ref", "8");
	world_set(&w, "rx-ring-ref", "9");
	world_set(&w, "event-channel", "10");
	why[0] = '\0';
	return 0;
}

static int end(void **state)
{
	(void)state;
	world_fini(&w);
	return 0;
}

static int look(void)
{
	memset(&config, 0xff, sizeof(config));
	return netif_read(w.daemon.ops, w.daemon.platform, NULL, &config, why);
}

static void test_flat(void **state)
{
	(void)state;
	assert_int_equal(look(), 0);
	assert_int_equal(config.nr_queues, 1);
	assert_int_equal(config.queue[0].tx_ref, 8);
	assert_int_equal(config.queue[0].rx_ref, 9);
	assert_int_equal(config.queue[0].tx_port, 10);
	assert_int_equal(config.queue[0].rx_port, 10);
	assert_false(config.sg || config.gso4 || config.gso6 ||
		     config.no_csum4 || config.csum6 || config.rx_notify ||
		     config.multicast || config.xdp_headroom);
}

static void test_features(void **state)
{
	(void)state;
	world_set(&w, "feature-sg", "1");
	world_set(&w, "feature-gso-tcpv4", "1");
	world_set(&w, "feature-gso-tcpv6", "1");
	world_set(&w, "feature-ipv6-csum-offload", "1");
	world_set(&w, "feature-no-csum-offload", "0");
	world_set(&w, "feature-rx-notify", "1");
	world_set(&w, "request-multicast-control", "1");
	world_set(&w, "xdp-headroom", "256");
	assert_int_equal(look(), 0);
	assert_true(config.sg && config.gso4 && config.gso6 && config.csum6 &&
		    config.rx_notify && config.multicast);
	assert_false(config.no_csum4);
	assert_int_equal(config.xdp_headroom, 256);
}

static void set_queue(unsigned int i, const char *key, const char *value)
{
	char path[48];

	snprintf(path, sizeof(path), "queue-%u/%s", i, key);
	world_set(&w, path, value);
}

static void test_multi(void **state)
{
	unsigned int i;

	(void)state;
	world_set(&w, "tx-ring-ref", NULL);
	world_set(&w, "rx-ring-ref", NULL);
	world_set(&w, "event-channel", NULL);
	world_set(&w, "multi-queue-num-queues", "8");
	for (i = 0; i < 8; i++) {
		char n[8];

		assert_int_equal(look(), -EINVAL);
		snprintf(n, sizeof(n), "%u", 20 + i);
		set_queue(i, "tx-ring-ref", n);
		set_queue(i, "rx-ring-ref", "40");
		set_queue(i, "event-channel-tx", "50");
		assert_int_equal(look(), -EINVAL);
		assert_non_null(strstr(why, "event-channel-rx"));
		set_queue(i, "event-channel-rx", "60");
	}
	assert_int_equal(look(), 0);
	assert_int_equal(config.nr_queues, 8);
	assert_int_equal(config.queue[7].tx_ref, 27);
	assert_int_equal(config.queue[7].tx_port, 50);
	assert_int_equal(config.queue[7].rx_port, 60);
}

/* A driver for the direct path only. */
static void test_no_rings(void **state)
{
	(void)state;
	world_set(&w, "tx-ring-ref", NULL);
	assert_int_equal(look(), -ENOENT);
}

static void test_flip_only(void **state)
{
	(void)state;
	world_set(&w, "request-rx-copy", NULL);
	assert_int_equal(look(), -EINVAL);
	assert_non_null(strstr(why, "request-rx-copy"));
}

static void test_missing(void **state)
{
	(void)state;
	world_set(&w, "rx-ring-ref", NULL);
	assert_int_equal(look(), -EINVAL);
	assert_non_null(strstr(why, "rx-ring-ref"));
	world_set(&w, "rx-ring-ref", "9");
	world_set(&w, "event-channel", NULL);
	assert_int_equal(look(), -EINVAL);
	assert_non_null(strstr(why, "event-channel"));
}

/* Whatever is not a number in range, under every key that is one. */
static void test_numbers(void **state)
{
	static const struct {
		const char *key;
		const char *too_large;
		const char *good;
	} keys[] = {
		{ "multi-queue-num-queues", "9", "1" },
		{ "tx-ring-ref", "4294967296", "8" },
		{ "rx-ring-ref", "4294967296", "9" },
		{ "event-channel", "131072", "10" },
		{ "request-rx-copy", "2", "1" },
		{ "feature-sg", "2", "1" },
		{ "feature-gso-tcpv4", "2", "1" },
		{ "feature-gso-tcpv6", "2", "1" },
		{ "feature-no-csum-offload", "2", "1" },
		{ "feature-ipv6-csum-offload", "2", "1" },
		{ "feature-rx-notify", "2", "1" },
		{ "request-multicast-control", "2", "1" },
		{ "xdp-headroom", "257", "0" },
	};
	static const char *const bad[] = {
		"",    "-1",   "+1",	     " 1",
		"1 ",  "0x1",  "4294967296", "1\n2",
		"1.0", "\xff", "one",	     "18446744073709551617",
	};
	static char huge[4097];
	unsigned int i, j;

	(void)state;
	memset(huge, '1', sizeof(huge) - 1);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		for (j = 0; j < sizeof(bad) / sizeof(bad[0]); j++) {
			world_set(&w, keys[i].key, bad[j]);
			assert_int_equal(look(), -EINVAL);
			assert_non_null(strstr(why, keys[i].key));
		}
		world_set(&w, keys[i].key, huge);
		assert_int_equal(look(), -EINVAL);
		world_set(&w, keys[i].key, keys[i].too_large);
		assert_int_equal(look(), -EINVAL);
		world_set(&w, keys[i].key, keys[i].good);
		assert_int_equal(look(), 0);
	}
	world_set(&w, "multi-queue-num-queues", "0");
	assert_int_equal(look(), -EINVAL);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_flat),     CASE(test_features),  CASE(test_multi),
		CASE(test_no_rings), CASE(test_flip_only), CASE(test_missing),
		CASE(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
