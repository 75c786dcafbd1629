/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of the control socket: what they answer and what they change. */
#include <string.h>
#include <unistd.h>

#include <svnic/order.h>

#include "ctl_fixture.h"

static void test_list_show_stats(void **state)
{
	struct ctl_fixture *f = *state;
	json_t *answer;
	json_t *o;

	f->p.stats.tx_frames = svnic_le64(5);
	f->p.stats.rx_verdict[SVNIC_V_NO_BUFFER] = svnic_le64(9);
	answer = ctl_ask(f, "{\"command\": \"list\"}");
	o = json_array_get(ctl_result(answer), 0);
	assert_string_equal(ctl_text_of(o, "vif"), "3.0");
	assert_string_equal(ctl_text_of(o, "domain"), "guest");
	assert_string_equal(ctl_text_of(o, "state"), "waiting");
	assert_string_equal(ctl_text_of(o, "mac"), "00:16:3e:00:00:00");
	assert_int_equal(json_integer_value(json_object_get(o, "tx_frames")),
			 5);
	assert_true(json_is_false(json_object_get(o, "direct")));
	json_decref(answer);

	/* By the name of the domain, too. */
	answer = ctl_ask(
		f,
		"{\"command\":\"show\",\"arguments\":{\"vif\":\"guest.0\"}}");
	o = json_object_get(ctl_result(answer), "rx_verdicts");
	assert_int_equal(json_integer_value(json_object_get(o, "no_buffer")),
			 9);
	assert_int_equal(json_object_size(o), 1);
	json_decref(answer);

	answer = ctl_ask(
		f, "{\"command\":\"stats\",\"arguments\":{\"vif\":\"3.0\"}}");
	o = ctl_result(answer);
	assert_int_equal(json_object_size(o), 8 + 2 * SVNIC_V_NR);
	assert_int_equal(json_integer_value(json_object_get(o, "rx_no_buffer")),
			 9);
	json_decref(answer);
}

/* With netif rings its counters are there too; without a number none are. */
static void test_netif_stats(void **state)
{
	static const char stats[] =
		"{\"command\":\"stats\",\"arguments\":{\"vif\":\"3.0\"}}";
	struct ctl_fixture *f = *state;
	const char *key;
	json_t *answer;
	json_t *v;

	f->t.rings = true;
	vif_gate(f->vif, true);
	vif_peer_state(f->vif, PEER_CONNECTED);
	answer = ctl_ask(f, stats);
	assert_true(json_is_integer(
		json_object_get(ctl_result(answer), "netif_tx_frames")));
	assert_true(json_is_integer(
		json_object_get(ctl_result(answer), "tx_frames")));
	json_object_foreach(ctl_result(answer), key, v)
		assert_null(strchr(key, '-'));
	json_decref(answer);
	f->d.has_card = false;
	memset(f->p.vif, 0, sizeof(f->p.vif));
	vif_card_lost(f->vif, "link lost");
	ctl_check_error(f, stats, "no-card");
	ctl_check_error(
		f, "{\"command\":\"capture\",\"arguments\":{\"vif\":\"3.0\"}}",
		"no-card");
}

static void test_device(void **state)
{
	struct ctl_fixture *f = *state;
	json_t *answer = ctl_ask(f, "{\"command\": \"device\"}");
	json_t *o = ctl_result(answer);

	assert_string_equal(ctl_text_of(o, "card"), "fake");
	assert_string_equal(ctl_text_of(o, "version"), "1.0");
	assert_int_equal(json_array_size(json_object_get(o, "ports")), 1);
	json_decref(answer);
	f->d.has_card = false;
	ctl_check_error(f, "{\"command\": \"device\"}", "no-card");
}

static void test_set(void **state)
{
	struct ctl_fixture *f = *state;
	json_t *answer;

	answer = ctl_ask(
		f,
		"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\",\"rate\":\"10Mb/s\",\"mtu\":1400,\"enabled\":false}}");
	assert_int_equal(
		json_integer_value(json_object_get(ctl_result(answer), "rate")),
		1250000);
	json_decref(answer);
	assert_int_equal(svnic_cpu16(f->p.vif[0].config.mtu), 1400);
	assert_int_equal(svnic_cpu32(f->p.vif[0].config.flags),
			 SVNIC_VIF_DISABLED);
	assert_string_equal(f->t.key, "rate=131072,104857");
	json_decref(ctl_ask(
		f,
		"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\",\"rate\":0,\"enabled\":true}}"));
	assert_int_equal(svnic_cpu32(f->p.vif[0].config.flags), 0);
	assert_string_equal(f->t.key, "rate=0");
	ctl_check_error(
		f,
		"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\",\"mtu\":-5}}",
		"bad-argument");
	ctl_check_error(
		f,
		"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\",\"rate\":\"fast\"}}",
		"bad-argument");
	f->p.set_result = SVNIC_ST_BAD_FIELD;
	ctl_check_error(
		f,
		"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\",\"mtu\":1500}}",
		"bad-argument");
	assert_int_equal(svnic_cpu16(f->vif->config.mtu), 1400);
}

#define SET_PATH(path)                                                         \
	"{\"command\":\"set\",\"arguments\":{\"vif\":\"3.0\",\"path\":\"" path \
	"\"}}"

static void test_path(void **state)
{
	struct ctl_fixture *f = *state;
	struct platform_ops without = fake_ops;
	json_t *answer;

	ctl_check_error(f, SET_PATH("wire"), "bad-argument");
	/* A driver that has nothing else is not cut off. */
	vif_gate(f->vif, true);
	vif_peer_state(f->vif, PEER_CONNECTED);
	assert_int_equal(f->vif->state, VIF_CONNECTED);
	ctl_check_error(f, SET_PATH("netif"), "bad-argument");
	assert_true(f->t.offered);
	without.tenant_keys = NULL;
	f->d.ops = &without;
	ctl_check_error(f, SET_PATH("netif"), "not-supported");
	f->d.ops = &fake_ops;
	vif_peer_state(f->vif, PEER_CLOSED);
	vif_peer_state(f->vif, PEER_INITIALISING);
	f->t.rings = true;
	vif_peer_state(f->vif, PEER_CONNECTED);
	answer = ctl_ask(f, SET_PATH("netif"));
	assert_string_equal(ctl_text_of(ctl_result(answer), "wanted"), "netif");
	json_decref(answer);
	assert_false(f->t.offered);
	answer = ctl_ask(f, SET_PATH("direct"));
	assert_string_equal(ctl_text_of(ctl_result(answer), "wanted"),
			    "direct");
	json_decref(answer);
	assert_true(f->t.offered);
}

static void test_not_here(void **state)
{
	struct ctl_fixture *f = *state;

	ctl_check_error(
		f, "{\"command\":\"create\",\"arguments\":{\"name\":\"x\"}}",
		"not-supported");
	ctl_check_error(
		f, "{\"command\":\"destroy\",\"arguments\":{\"vif\":\"3.0\"}}",
		"not-supported");
}

static void test_capture(void **state)
{
	struct ctl_fixture *f = *state;
	json_t *answer;

	ctl_check_error(
		f,
		"{\"command\":\"capture\",\"arguments\":{\"vif\":\"3.0\",\"snaplen\":13}}",
		"bad-argument");
	answer = ctl_ask(
		f, "{\"command\":\"capture\",\"arguments\":{\"vif\":\"3.0\"}}");
	assert_string_equal(ctl_text_of(ctl_result(answer), "vif"), "3.0");
	json_decref(answer);
	assert_true(f->p.vif[1].used);
	assert_int_equal(svnic_cpu32(f->p.vif[1].config.flags),
			 SVNIC_VIF_MONITOR);
	/* The client goes, and the monitor with it. */
	close(f->fd);
	ctl_pump(f);
	assert_false(f->p.vif[1].used);
	f->fd = ctl_dial(f);

	/* The VIF goes, and the client hears of it. */
	json_decref(ctl_ask(
		f,
		"{\"command\":\"capture\",\"arguments\":{\"vif\":\"3.0\"}}"));
	vif_destroy(f->vif);
	ctl_pump(f);
	assert_false(f->p.vif[1].used);
}

#define T(test) cmocka_unit_test_setup_teardown(test, ctl_begin, ctl_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_list_show_stats),
		T(test_netif_stats),
		T(test_device),
		T(test_set),
		T(test_path),
		T(test_not_here),
		T(test_capture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
