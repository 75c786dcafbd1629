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
	assert_int_equal(config_read(&c, "/nonexistent/x.yaml", error),
			 -ENOENT);
	assert_non_null(strstr(error, "/nonexistent/x.yaml"));
	config_fini(&c);
}

static void test_all(void **state)
{
	static const char text[] =
		"platform: local\n"
		"networks:\n"
		"  net0: {port: 1}\n"
		"  blue: {port: 0, vlan: 10}\n"
		"  private: {segment: 100}\n"
		"defaults: {mtu: 9000, rate: 1MB/s@20ms}\n"
		"limits: {pages: 1000, queues: 2}\n"
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
	assert_int_equal(c.rate.rate, 1000000);
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

static void test_errors(void **state)
{
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
		{ "networks:\n  a: {port: 0, segment: 1}\n",
		  ":2:25:", "not both" },
		{ "networks:\n  a: {port: 0, vlan: 4095}\n",
		  ":2:22:", "1 to 4094" },
		{ "networks:\n  a: {port: 0, vlan: 0}\n",
		  ":2:22:", "1 to 4094" },
		{ "networks:\n  a.b: {port: 0}\n", ":2:3:", "letters" },
		{ "networks:\n  a: {port: 0}\n  a: {port: 1}\n",
		  ":3:3:", "line 2" },
		{ "networks:\n  a: {port: 0}\n  b: {port: 0}\n",
		  ":3:3:", "the same as \"a\"" },
		{ "networks:\n  a: {port: 0, mtu: 9}\n", ":2:16:", "vlan" },
		{ "networks:\n  a: 0\n", ":2:6:", "keys with values" },
		{ "defaults: {mtu: 67}\n", ":1:17:", "68 to 9216" },
		{ "defaults: {mtu: [1]}\n", ":1:17:", "68 to 9216" },
		{ "defaults: {rate: fast}\n", ":1:18:", "100Mb/s" },
		{ "limits: {pages: 14337}\n", ":1:17:", "1 to 14336" },
		{ "limits: {queues: 0}\n", ":1:18:", "1 to 8" },
		{ "- a\n- b\n", ":1:1:", "keys with values" },
		{ "log: info\n  bad indent: {\n", ":2:", "not YAML" },
		{ "log: \"info\n", ":", "not YAML" },
		{ "a: \xff\n", ":", "not YAML" },
		{ "log: \"in\\0fo\"\n", ":1:6:", "debug" },
	};
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
