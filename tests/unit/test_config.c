/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration file: what it sets, and that every error names line,
 * column and what was expected, and changes nothing.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon.h" /* config.h alone would be the build's */

static char path[] = "test_config.yaml.tmp";

static int read_text(struct config *config, const char *text, char *error)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return config_read(config, path, error);
}

static void test_default(void **state)
{
	char error[CONFIG_ERROR];
	struct config c;

	(void)state;
	assert_int_equal(config_init(&c), 0);
	assert_int_equal(c.nr_networks, 1);
	assert_non_null(config_network(&c, "net0"));
	assert_null(config_network(&c, "net"));
	assert_int_equal(read_text(&c, "", error), 0);
	assert_int_equal(read_text(&c, "# nothing\n", error), 0);
	assert_int_equal(c.mtu, 1500);
	assert_int_equal(c.limits.value[LIMIT_STORM], CONFIG_STORM);
	assert_int_equal(c.limits.value[LIMIT_WEIGHT], 1);
	assert_int_equal(config_read(&c, "/nonexistent/x.yaml", error),
			 -ENOENT);
	assert_non_null(strstr(error, "/nonexistent/x.yaml"));
	config_fini(&c);
}

static void check_classes(const struct config *c)
{
	static const uint8_t mac[6] = { 0, 0x16, 0x3e, 0, 0, 1 };
	static const uint8_t other[6] = { 0, 0x16, 0x3e, 0, 0, 2 };
	const struct class *gold = config_class(c, "gold");
	const struct class *tin = config_class(c, "tin");
	char names[64];

	assert_true(gold && tin);
	assert_int_equal(gold->limits.given, (1u << LIMIT_NR) - 1);
	assert_int_equal(gold->limits.value[LIMIT_WEIGHT], 8);
	assert_int_equal(gold->limits.value[LIMIT_RATE], 125000000);
	assert_int_equal(gold->limits.value[LIMIT_RX_RATE], 250000000);
	assert_int_equal(gold->limits.value[LIMIT_MIN_RATE], 12500000);
	assert_int_equal(gold->limits.value[LIMIT_STORM], 0);
	assert_int_equal(tin->limits.given, 0);
	config_class_names(c, names, sizeof(names));
	assert_string_equal(names, "gold, tin");
	assert_string_equal(config_network(c, "net0")->class, "gold");
	assert_string_equal(config_network(c, "blue")->class, "");
	assert_int_equal(config_speed(c, 0), 1250000000);
	assert_int_equal(config_speed(c, 1), 0);
	/* An address counts more than a name. */
	assert_ptr_equal(config_guest_class(c, "web", other), tin);
	assert_ptr_equal(config_guest_class(c, "web", mac), gold);
	assert_null(config_guest_class(c, "we", other));
}

static void test_all(void **state)
{
	static const char text[] =
		"platform: local\n"
		"networks:\n"
		"  net0: {port: 1, class: gold}\n"
		"  blue: {port: 0, vlan: 10, speed: 10 Gbit/s}\n"
		"  private: {segment: 100}\n"
		"defaults: {mtu: 9000, rate: 1MB/s@20ms, storm: 5, class: tin}\n"
		"limits: {pages: 1000, queues: 2}\n"
		"guests: {web: tin, '00:16:3E:00:00:01': gold}\n"
		"classes:\n"
		"  gold: {weight: 8, rate: 1 Gbit/s, rx_rate: 2Gb/s,\n"
		"    min_rate: 100 Mbit/s, storm: 0}\n"
		"  tin: {}\n"
		"log: debug\n"
		"control: {socket: /tmp/s, group: adm}\n"
		"xen: {device: /dev/svnic3}\n"
		"local: {card: /tmp/card, tenants: /tmp/t}\n";
	char error[CONFIG_ERROR];
	char names[64];
	struct config c;

	(void)state;
	assert_int_equal(config_init(&c), 0);
	assert_int_equal(read_text(&c, text, error), 0);
	assert_string_equal(c.platform, "local");
	assert_int_equal(c.nr_networks, 3);
	assert_int_equal(config_network(&c, "net0")->segment, 1);
	assert_int_equal(config_network(&c, "blue")->vlan, 10);
	assert_int_equal(config_network(&c, "private")->segment, 100);
	assert_ptr_equal(config_network_of(&c, 0, 10),
			 config_network(&c, "blue"));
	assert_int_equal(c.mtu, 9000);
	assert_int_equal(c.limits.value[LIMIT_RATE], 1000000);
	assert_int_equal(c.limits.value[LIMIT_STORM], 5);
	assert_string_equal(c.class, "tin");
	check_classes(&c);
	assert_int_equal(c.max_pages, 1000);
	assert_int_equal(c.max_queues, 2);
	assert_int_equal(c.log, LOG_LEVEL_DEBUG);
	assert_string_equal(c.socket, "/tmp/s");
	assert_string_equal(c.group, "adm");
	assert_string_equal(c.xen_device, "/dev/svnic3");
	assert_string_equal(c.local_card, "/tmp/card");
	assert_string_equal(c.local_tenants, "/tmp/t");
	config_network_names(&c, names, sizeof(names));
	assert_string_equal(names, "net0, blue, private");
	config_network_names(&c, names, 12);
	assert_string_equal(names, "net0, bl...");
	config_fini(&c);
}

static const struct {
	const char *text, *where, *what;
} bad[] = {
	{ "netwroks: {}\n", ":1:1:", "networks" },
	{ "log: loud\n", ":1:6:", "debug" },
	{ "log: {a: b}\n", ":1:6:", "debug" },
	{ "log: info\nlog: info\n", ":2:1:", "twice" },
	{ "platform: kvm\n", ":1:11:", "xen or local" },
	{ "networks:\n", ":1:10:", "net0: {port: 0}" },
	{ "networks: 5\n", ":1:11:", "expected networks" },
	{ "networks:\n  a: {}\n", ":2:3:", "port or a segment" },
	{ "networks:\n  a: {port: 8}\n", ":2:13:", "0 to 7" },
	{ "networks:\n  a: {port: -1}\n", ":2:13:", "0 to 7" },
	{ "networks:\n  a: {segment: 256}\n", ":2:16:", "0 to 255" },
	{ "networks:\n  a: {port: 0, segment: 1}\n", ":2:25:", "not both" },
	{ "networks:\n  a: {port: 0, vlan: 4095}\n", ":2:22:", "1 to 4094" },
	{ "networks:\n  a: {port: 0, vlan: 0}\n", ":2:22:", "1 to 4094" },
	{ "networks:\n  a.b: {port: 0}\n", ":2:3:", "letters" },
	{ "networks:\n  a: {port: 0}\n  a: {port: 1}\n", ":3:3:", "line 2" },
	{ "networks:\n  a: {port: 0}\n  b: {port: 0}\n",
	  ":3:3:", "the same as \"a\"" },
	{ "networks:\n  a: {port: 0, mtu: 9}\n", ":2:16:", "vlan" },
	{ "networks:\n  a: 0\n", ":2:6:", "keys with values" },
	{ "defaults: {mtu: 67}\n", ":1:17:", "68 to 9216" },
	{ "defaults: {mtu: [1]}\n", ":1:17:", "68 to 9216" },
	{ "defaults: {rate: fast}\n", ":1:18:", "100Mb/s" },
	{ "defaults: {storm: 65536}\n", ":1:19:", "65535" },
	{ "defaults: {min_rate: 1Mb/s}\n", ":1:12:", "rx_rate" },
	{ "defaults: {class: gold}\n", ":1:19:", "has none" },
	{ "classes: {a: {}, b: {}}\ndefaults: {class: c}\n",
	  ":2:19:", "has a, b" },
	{ "classes:\n", ":1:9:", "gold: {weight: 4}" },
	{ "classes: {a: 5}\n", ":1:14:", "keys with values" },
	{ "classes: {a b: {}}\n", ":1:11:", "letters" },
	{ "classes: {default: {}}\n", ":1:11:", "not \"default\"" },
	{ "classes:\n  a: {}\n  a: {}\n", ":3:3:", "line 2" },
	{ "classes: {a: {}}\nclasses: {b: {}}\n", ":2:1:", "twice" },
	{ "classes: {a: {weight: 3}}\n", ":1:23:", "1, 2, 4 or 8" },
	{ "classes: {a: {weight: 0}}\n", ":1:23:", "1, 2, 4 or 8" },
	{ "classes: {a: {weight: 16}}\n", ":1:23:", "1, 2, 4 or 8" },
	{ "classes: {a: {rate: fast}}\n", ":1:21:", "100Mb/s" },
	{ "classes: {a: {rx_rate: 1Mb/s@5ms}}\n", ":1:24:", "100Mb/s" },
	{ "classes: {a: {min_rate: 40000Gb/s}}\n", ":1:25:", "or 0" },
	{ "classes: {a: {storm: -1}}\n", ":1:22:", "group frames" },
	{ "classes: {a: {rate: 1Mb/s, min_rate: 2Mb/s}}\n",
	  ":1:11:", "above its rate" },
	{ "classes: {a: {mtu: 9}}\n", ":1:15:", "weight, rate" },
	{ "networks: {a: {port: 0, class: b}}\n", ":1:32:", "\"b\"" },
	{ "networks: {a: {port: 0, speed: 0}}\n", ":1:32:", "10Gb/s" },
	{ "networks:\n  a: {port: 0, speed: 1Gb/s}\n"
	  "  b: {port: 0, vlan: 2, speed: 2Gb/s}\n",
	  ":3:3:", "line 2" },
	{ "mtu: 5\n", ":1:1:", "unknown key" },
	{ "log: info\n---\nlog: debug\n", ":3:1:", "second document" },
	{ "---\nlog: info\n---\n[", ":", "not YAML" },
	{ "guests: {}\n", ":1:9:", "web: gold" },
	{ "guests: {web: gold}\n", ":1:15:", "no class" },
	{ "classes: {a: {}}\nguests: {w: a, w: a}\n", ":2:16:", "twice" },
	{ "limits: {pages: 14337}\n", ":1:17:", "1 to 14336" },
	{ "limits: {queues: 0}\n", ":1:18:", "1 to 8" },
	{ "- a\n- b\n", ":1:1:", "keys with values" },
	{ "log: info\n  bad indent: {\n", ":2:", "not YAML" },
	{ "log: \"info\n", ":", "not YAML" },
	{ "a: \xff\n", ":", "not YAML" },
	{ "log: \"in\\0fo\"\n", ":1:6:", "debug" },
};

static void test_errors(void **state)
{
	char error[CONFIG_ERROR];
	struct config c;
	unsigned int i;

	(void)state;
	assert_int_equal(config_init(&c), 0);
	c.mtu = 777;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(read_text(&c, bad[i].text, error), -EINVAL);
		if (!strstr(error, bad[i].where) ||
		    !strstr(error, bad[i].what) ||
		    strncmp(error, path, strlen(path)) != 0)
			fail_msg("%u: %s", i, error);
		assert_int_equal(c.mtu, 777);
		assert_int_equal(c.nr_networks, 1);
	}
	config_fini(&c);
}

static void test_long(void **state)
{
	static char text[4000];
	char error[CONFIG_ERROR];
	struct config c;

	(void)state;
	assert_int_equal(config_init(&c), 0);
	strcpy(text, "control: {socket: /");
	memset(text + strlen(text), 'x', 3000);
	strcat(text, "}\n");
	assert_int_equal(read_text(&c, text, error), -EINVAL);
	assert_non_null(strstr(error, ":1:19:"));
	assert_non_null(strstr(error, "107 characters"));
	config_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_long),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	unlink(path);
	return failed;
}
