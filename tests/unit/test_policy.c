/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits: how they are written, which of them hold for a VIF, and what cannot
 * be promised.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include <svnic/order.h>

#include "command.h"
#include "fakes/svnicd_platform.h"
#include "policy.h"

struct fixture {
	struct daemon d;
	struct platform p;
	struct tenant t, u;
	struct vif *vif;
};

static void add_class(struct daemon *d, const char *name, enum limit which,
		      const char *value)
{
	struct config *c = &d->config;
	struct class *class = &c->classes[c->nr_classes++];

	strcpy(class->name, name);
	assert_int_equal(limit_set(&class->limits, which, value), 0);
}

static void add_guest(struct daemon *d, const char *name, const char *class)
{
	struct guest *g = &d->config.guests[d->config.nr_guests++];

	strcpy(g->name, name);
	strcpy(g->class, class);
}

static int begin(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	fake_daemon_init(&f.d, &f.p);
	f.d.config.classes = calloc(4, sizeof(*f.d.config.classes));
	f.d.config.guests = calloc(4, sizeof(*f.d.config.guests));
	assert_true(f.d.config.classes && f.d.config.guests);
	add_class(&f.d, "gold", LIMIT_WEIGHT, "8");
	add_class(&f.d, "tin", LIMIT_RX_RATE, "8Mb/s");
	add_class(&f.d, "sure", LIMIT_MIN_RATE, "600Mb/s");
	add_class(&f.d, "free", LIMIT_STORM, "0");
	f.vif = fake_vif(&f.d, &f.t, 0);
	*state = &f;
	return 0;
}

static int end(void **state)
{
	struct fixture *f = *state;

	fake_daemon_fini(&f->d);
	return 0;
}

static const struct svnic_vif_config *card(const struct fixture *f)
{
	return &f->p.vif[0].config;
}

static void test_words(void **state)
{
	static const char *const bad[] = {
		"storm",
		"storm=",
		"storm=x",
		"storm=65536",
		"min_rate=1Mb/s@5ms",
		"rx_rate=1",
		"weight=2",
		"mtu=5",
		"class=",
		"class=a.b",
		"class=0123456789abcdef0123456789abcdef",
		"=5",
		"storm=5,rate=6",
	};
	struct limits_own own = { .class = "" };
	char long_words[LIMITS_WORDS + 1];
	char why[PLATFORM_REASON];
	char text[LIMITS_WORDS];
	unsigned int i;

	(void)state;
	strcpy(own.class, "stays");
	memset(long_words, ' ', sizeof(long_words));
	long_words[LIMITS_WORDS] = '\0';
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (limit_own_read(NULL, bad[i], &own, why) != -EINVAL)
			fail_msg("\"%s\" was taken", bad[i]);
	assert_int_equal(limit_own_read(NULL, long_words, &own, why), -EINVAL);
	assert_string_equal(own.class, "stays");
	assert_int_equal(limit_own_read(NULL, NULL, &own, why), 0);
	assert_string_equal(own.class, "");
	limit_own_words(&own, text);
	assert_string_equal(text, "");
	limit_own_rate(&own, text);
	assert_string_equal(text, "");
	assert_int_equal(limit_own_read("0,50000", NULL, &own, why), -EINVAL);
	assert_non_null(strstr(why, "below one octet"));
	assert_int_equal(limit_own_read("0", " rx_rate=1.5 MB/s", &own, why),
			 -EINVAL);
	assert_int_equal(
		limit_own_read(
			"0",
			" rx_rate=1.5MB/s storm=9 storm=10 class=gold min_rate=1b/s",
			&own, why),
		-EINVAL);
	assert_int_equal(
		limit_own_read(
			"0",
			" rx_rate=1.5MB/s storm=9 storm=10 class=gold min_rate=8b/s",
			&own, why),
		0);
	limit_own_words(&own, text);
	assert_string_equal(
		text, "class=gold rx_rate=12Mb/s min_rate=8Kb/s storm=10");
	limit_own_rate(&own, text);
	assert_string_equal(text, "0");
	assert_int_equal(limit_own_read(NULL, "class=default storm=default",
					&own, why),
			 0);
	limit_own_words(&own, text);
	assert_string_equal(text, "");
}

/* The longest words fit where they are kept. */
static void test_longest(void **state)
{
	static const char words[] =
		"class=abcdefghijklmnopqrstuvwxyz01234 rx_rate=34359738352Kb/s "
		"min_rate=34359738344Kb/s storm=65535";
	struct limits_own own;
	char why[PLATFORM_REASON];
	char text[LIMITS_WORDS];

	(void)state;
	assert_int_equal(limit_own_read(NULL, words, &own, why), 0);
	limit_own_words(&own, text);
	assert_string_equal(text, words);
}

static void check_class(struct fixture *f, const char *class, const char *from)
{
	struct policy policy;

	policy_find(f->vif, &f->vif->own, &policy);
	assert_string_equal(policy.class ? policy.class->name : "", class);
	assert_string_equal(policy.class_from, from);
}

/* The nearer word counts: VIF, address, guest, network, default. */
static void test_class(void **state)
{
	struct fixture *f = *state;
	char why[PLATFORM_REASON];
	struct policy policy;

	check_class(f, "", "");
	strcpy(f->d.config.class, "tin");
	check_class(f, "tin", "defaults");
	strcpy(f->d.config.networks[0].class, "gold");
	check_class(f, "gold", "network");
	strcpy(f->vif->network, "net0.20");
	check_class(f, "gold", "network");
	add_guest(&f->d, "web", "free");
	check_class(f, "gold", "network");
	f->t.name = "web";
	check_class(f, "free", "guest");
	f->t.name = "web--incoming";
	check_class(f, "free", "guest");
	add_guest(&f->d, "00:16:3e:00:00:00", "tin");
	check_class(f, "tin", "guest");
	strcpy(f->vif->own.class, "sure");
	check_class(f, "sure", "vif");
	strcpy(f->vif->own.class, "gone");
	check_class(f, "tin", "guest");
	policy_find(f->vif, &f->vif->own, &policy);
	assert_string_equal(policy.unknown, "gone");
	assert_int_equal(policy_check(f->vif, &policy, why), -EINVAL);
	assert_non_null(strstr(why, "\"gone\""));
}

static void test_values(void **state)
{
	struct fixture *f = *state;
	struct policy p;

	strcpy(f->d.config.class, "gold");
	assert_int_equal(limit_set(&f->vif->own.limits, LIMIT_RATE, "8Mb/s"),
			 0);
	policy_find(f->vif, &f->vif->own, &p);
	assert_int_equal(p.from[LIMIT_RATE], POLICY_VIF);
	assert_int_equal(p.limits.value[LIMIT_RATE], 1000000);
	assert_int_equal(p.limits.burst, 131072);
	assert_int_equal(p.from[LIMIT_WEIGHT], POLICY_CLASS);
	assert_int_equal(p.limits.value[LIMIT_WEIGHT], 8);
	assert_int_equal(p.from[LIMIT_STORM], POLICY_DEFAULTS);
	assert_int_equal(p.limits.value[LIMIT_STORM], CONFIG_STORM);
	/* What is said to be unlimited is said. */
	strcpy(f->d.config.class, "free");
	policy_find(f->vif, &f->vif->own, &p);
	assert_int_equal(p.from[LIMIT_STORM], POLICY_CLASS);
	assert_int_equal(p.limits.value[LIMIT_STORM], 0);
}

/* Other limits hold as soon as the configuration was read again. */
static void test_reload(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(svnic_cpu16(card(f)->storm), CONFIG_STORM);
	assert_int_equal(svnic_cpu32(card(f)->flags), 0);
	strcpy(f->d.config.class, "gold");
	vif_reconfigure(f->vif);
	assert_int_equal(svnic_cpu32(card(f)->flags), 0x300);
	strcpy(f->d.config.class, "free");
	f->p.nr_calls = 0;
	vif_reconfigure(f->vif);
	assert_int_equal(svnic_cpu32(card(f)->flags), 0);
	assert_int_equal(svnic_cpu16(card(f)->storm), 0);
	assert_int_equal(f->p.nr_calls, 1);
	vif_reconfigure(f->vif);
	assert_int_equal(f->p.nr_calls, 1);
}

static json_t *ask(struct fixture *f, const char *text)
{
	json_t *request = json_loads(text, 0, NULL);
	json_t *answer;

	assert_non_null(request);
	answer = command_run(&f->d, request, NULL, NULL);
	json_decref(request);
	return answer;
}

#define SET(args) \
	"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\"," args "}}"

static void refused(struct fixture *f, const char *text, const char *code,
		    const char *why)
{
	json_t *answer = ask(f, text);
	json_t *error = json_object_get(answer, "error");
	const char *got = json_string_value(json_object_get(error, "code"));
	const char *said = json_string_value(json_object_get(error, "message"));

	assert_true(got && said);
	assert_string_equal(got, code);
	if (!strstr(said, why))
		fail_msg("%s", said);
	json_decref(answer);
}

static void test_set(void **state)
{
	struct fixture *f = *state;
	json_t *answer;
	json_t *limits;

	answer = ask(f, SET("\"storm\":50,\"class\":\"tin\","
			    "\"min_rate\":\"4 Mbit/s\""));
	limits = json_object_get(json_object_get(answer, "result"), "limits");
	assert_string_equal(
		json_string_value(json_object_get(limits, "rx_rate_from")),
		"class");
	assert_string_equal(
		json_string_value(json_object_get(limits, "class_from")),
		"vif");
	assert_int_equal(json_integer_value(json_object_get(limits, "rx_rate")),
			 1000000);
	assert_int_equal(json_integer_value(json_object_get(limits, "storm")),
			 50);
	json_decref(answer);
	assert_string_equal(f->t.key,
			    "svnic-limits=class=tin min_rate=4Mb/s storm=50");
	assert_int_equal(svnic_cpu32(card(f)->rx_rate), 1000);
	assert_int_equal(svnic_cpu32(card(f)->min_rate), 500);
	json_decref(ask(f, SET("\"rate\":\"8Mb/s\"")));
	assert_string_equal(f->t.key, "rate=131072,131072");
	json_decref(ask(f, SET("\"rate\":\"default\"")));
	assert_string_equal(f->t.key, "rate=-");
	json_decref(ask(f, SET("\"class\":\"default\",\"storm\":\"default\","
			       "\"min_rate\":\"default\"")));
	assert_string_equal(f->t.key, "svnic-limits=-");
	assert_int_equal(svnic_cpu16(card(f)->storm), CONFIG_STORM);
}

static void test_refused(void **state)
{
	struct fixture *f = *state;

	refused(f, SET("\"rx_rate\":\"fast\""), "bad-argument", "10MB/s");
	refused(f, SET("\"storm\":-1"), "bad-argument", "up to 65535");
	refused(f, SET("\"class\":\"iron\""), "bad-argument",
		"gold, tin, sure, free");
	refused(f, SET("\"rate\":\"1Mb/s\",\"min_rate\":\"2Mb/s\""),
		"bad-argument", "min_rate 2Mb/s is more than rate 1Mb/s");
	refused(f, SET("\"storm\":1.5"), "bad-request", "type");
	/* Nothing of a request that was refused stays. */
	refused(f, SET("\"storm\":1,\"class\":\"iron\""), "bad-argument",
		"configuration");
	assert_int_equal(svnic_cpu16(card(f)->storm), CONFIG_STORM);
	assert_string_equal(f->vif->own.class, "");
	f->p.set_result = SVNIC_ST_BAD_FIELD;
	refused(f, SET("\"storm\":1"), "bad-argument", "card");
	assert_int_equal(f->vif->own.limits.given, 0);
}

static void test_overcommit(void **state)
{
	struct fixture *f = *state;
	struct policy p;
	char why[PLATFORM_REASON];
	struct vif *other = fake_vif(&f->d, &f->u, 1);

	/* Nobody knows how much there is. */
	json_decref(ask(f, SET("\"min_rate\":\"500Mb/s\"")));
	assert_int_equal(svnic_cpu32(card(f)->min_rate), 62500);
	f->d.config.networks[0].speed = 125000000;
	/* A class is warned about and holds; a command is refused. */
	strcpy(f->d.config.class, "sure");
	vif_reconfigure(other);
	assert_int_equal(svnic_cpu32(f->p.vif[1].config.min_rate), 75000);
	policy_find(other, &other->own, &p);
	assert_int_equal(policy_check(other, &p, why), -ENOSPC);
	assert_string_equal(
		why,
		"min_rate 600Mb/s and the 500Mb/s that others are guaranteed are more than the 1Gb/s of port 0, which network \"net0\" is on");
	refused(f, SET("\"min_rate\":\"501Mb/s\""), "no-space", "501Mb/s");
	assert_int_equal(svnic_cpu32(card(f)->min_rate), 62500);
	json_decref(ask(f, SET("\"min_rate\":\"400Mb/s\"")));
	assert_int_equal(svnic_cpu32(card(f)->min_rate), 50000);
	/* Other limits may be set where too much is promised already. */
	f->d.config.networks[0].speed = 1250000;
	json_decref(ask(f, SET("\"storm\":3")));
	assert_int_equal(svnic_cpu16(card(f)->storm), 3);
	json_decref(ask(f, SET("\"min_rate\":\"399Mb/s\"")));
	assert_int_equal(svnic_cpu32(card(f)->min_rate), 49875);
	refused(f, SET("\"min_rate\":\"400Mb/s\""), "no-space", "10Mb/s");
	json_decref(ask(f, SET("\"min_rate\":0")));
	assert_int_equal(svnic_cpu32(card(f)->min_rate), 0);
	/* One that is not on the card takes nothing of it. */
	vif_destroy(other);
	json_decref(ask(f, SET("\"min_rate\":\"10Mb/s\"")));
	assert_int_equal(svnic_cpu32(card(f)->min_rate), 1250);
}

/* Networks of one port have one wire, whichever of them says its speed. */
static void test_shared_port(void **state)
{
	struct fixture *f = *state;
	struct platform_request r = fake_request(1);
	struct network *net0 = &f->d.config.networks[0];
	struct vif *other;

	net0->speed = 125000000;
	r.network = "net0.7";
	r.limits = "min_rate=600Mb/s";
	other = vif_create(&f->d, &f->u, &r);
	assert_int_equal(svnic_cpu16(f->p.vif[1].config.vlan), 7);
	refused(f, SET("\"min_rate\":\"401Mb/s\""), "no-space",
		"the 600Mb/s that others are guaranteed");
	json_decref(ask(f, SET("\"min_rate\":\"400Mb/s\"")));
	/* Without its place on the card it is still promised it. */
	f->u.rings = true;
	vif_gate(other, true);
	vif_event(other, EV_PEER_CONNECTED);
	vif_event(other, EV_CARD_LOST);
	assert_int_equal(other->state, VIF_ADRIFT);
	refused(f, SET("\"min_rate\":\"401Mb/s\""), "no-space", "port 0");
	/* Another wire is another wire. */
	f->vif->config.segment = svnic_le16(3);
	json_decref(ask(f, SET("\"min_rate\":\"900Mb/s\"")));
	net0->segment = 3;
	refused(f, SET("\"min_rate\":\"1001Mb/s\""), "no-space", "segment 3");
}

/* A guest that moves to this host is promised nothing twice. */
static void test_moving_guest(void **state)
{
	struct fixture *f = *state;
	struct policy p;
	char why[PLATFORM_REASON];
	struct vif *other = fake_vif(&f->d, &f->u, 1);

	f->d.config.networks[0].speed = 125000000;
	strcpy(f->d.config.class, "sure");
	vif_reconfigure(other);
	policy_find(f->vif, &f->vif->own, &p);
	assert_int_equal(policy_check(f->vif, &p, why), -ENOSPC);
	memcpy(f->vif->config.mac, other->config.mac, 6);
	assert_int_equal(policy_check(f->vif, &p, why), 0);
}

/* A card that was away comes back to what was said meanwhile. */
static void test_card_lost(void **state)
{
	struct fixture *f = *state;

	f->t.rings = true;
	vif_gate(f->vif, true);
	vif_event(f->vif, EV_PEER_CONNECTED);
	json_decref(ask(f, SET("\"storm\":77")));
	f->d.has_card = false;
	memset(f->p.vif, 0, sizeof(f->p.vif));
	vif_event(f->vif, EV_CARD_LOST);
	json_decref(ask(f, SET("\"rx_rate\":\"1MB/s\"")));
	f->d.has_card = true;
	vif_card_came(f->vif);
	assert_int_equal(f->vif->nr, 0);
	assert_int_equal(svnic_cpu16(card(f)->storm), 77);
	assert_int_equal(svnic_cpu32(card(f)->rx_rate), 1000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_words),	TEST(test_longest),
		TEST(test_class),	TEST(test_values),
		TEST(test_reload),	TEST(test_set),
		TEST(test_refused),	TEST(test_overcommit),
		TEST(test_shared_port), TEST(test_moving_guest),
		TEST(test_card_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
