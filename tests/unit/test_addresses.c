/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ip= as xl, svnic-admin and svnicd write it.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "platform.h"
#include "source.h"

static void reads(const char *text, const char *words)
{
	struct svnic_source list;
	char out[SOURCE_WORDS];
	char why[PLATFORM_REASON] = "";

	memset(&list, 0xff, sizeof(list));
	if (source_read(text, &list, why))
		fail_msg("%s: %s", text, why);
	source_words(&list, out);
	assert_string_equal(out, words);
}

static void refuses(const char *text, const char *part)
{
	struct svnic_source list = { .nr = 3 };
	char why[PLATFORM_REASON] = "";

	assert_int_equal(source_read(text, &list, why), -EINVAL);
	assert_int_equal(list.nr, 3);
	if (!strstr(why, part))
		fail_msg("\"%s\" is not in: %s", part, why);
}

static void good(void **state)
{
	(void)state;
	reads(NULL, "");
	reads("", "");
	reads("none", "");
	reads(" , ", "");
	reads("10.0.0.5", "10.0.0.5");
	reads("10.0.0.5 fd00::5", "10.0.0.5 fd00::5");
	reads("10.0.0.5,fd00::5, 10.1.0.0/16", "10.0.0.5 fd00::5 10.1.0.0/16");
	reads("FD00:0:0::0005", "fd00::5");
	reads("10.0.0.5/32 fd00::5/128 10.0.0.5", "10.0.0.5 fd00::5");
	reads("0.0.0.0/0 ::/0", "0.0.0.0/0 ::/0");
	reads("fe80::/64", "fe80::/64");
	reads("::ffff:10.0.0.5", "::ffff:10.0.0.5");
}

static void bad(void **state)
{
	(void)state;
	refuses("10.0.0", "\"10.0.0\" is no IPv4 or IPv6 address");
	refuses("10.0.0.256", "no IPv4 or IPv6");
	refuses("10.0.0.5 guest1", "\"guest1\" is no IPv4");
	refuses("10.0.0.5; rm", "no IPv4");
	refuses("fd00::5%eth0", "no IPv4");
	refuses("fd00::5::6", "no IPv4");
	refuses("none 10.0.0.5", "no IPv4");
	refuses("10.0.0.5/33", "0 to 32");
	refuses("10.0.0.5/", "0 to 32");
	refuses("10.0.0.5/-1", "0 to 32");
	refuses("fd00::/129", "0 to 128");
	refuses("10.0.0.5/24", "write 10.0.0.5 for the one, 10.0.0.0/24");
	refuses("fd00::5/64", "write fd00::5 for the one, fd00::/64");
	refuses("224.0.0.1", "no address that a guest can have");
	refuses("255.255.255.255", "no address that a guest can have");
	refuses("ff02::1", "no address that a guest can have");
	refuses("0.0.0.0", "no address that a guest can have");
	refuses("::", "no address that a guest can have");
}

static void very_long(void **state)
{
	static char text[2000];
	size_t used = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < 17; i++) {
		used += (size_t)snprintf(
			text + used, sizeof(text) - used,
			"fd00:1111:2222:3333:4444:5555:6666:%x00/120 ",
			0x10 + i);
		if (i != 15)
			continue;
		text[used - 1] = '\0';
		reads(text, text);
		text[used - 1] = ' ';
	}
	refuses(text, "more than 16");
	memset(text, '1', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	refuses(text, "no IPv4");
	memset(text + 10, ' ', sizeof(text) - 11);
	refuses(text, "\"1111111111\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(bad),
		cmocka_unit_test(very_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
