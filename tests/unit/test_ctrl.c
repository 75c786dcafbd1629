/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control messages of a guest with every value that it should not send (rules
 * R03, R05): the answer is one of the fixed statuses, and nothing out of range
 * reaches the card.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <svnic/order.h>
#include <svnic/ring.h>

#include "ctrl.h"
#include "fakes/svnicd_platform.h"

struct fixture {
	struct daemon d;
	struct platform p;
	struct tenant t;
	struct vif *vif;
	uint32_t data; /* of the last response */
};

static const uint32_t corners[] = {
	0,
	1,
	2,
	511,
	512,
	513,
	SVNIC_SLOW_PAGE - 1,
	SVNIC_SLOW_PAGE,
	SVNIC_SLOW_PAGE + 1,
	0x7fffffff,
	0x80000000,
	0xfffffe00,
	0xffffffff,
};

#define NR_CORNERS (sizeof(corners) / sizeof(corners[0]))

static void begin(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	fake_daemon_init(&f->d, &f->p);
	f->vif = fake_vif(&f->d, &f->t, 0);
	vif_gate(f->vif, true);
	vif_peer_state(f->vif, PEER_CONNECTED);
	assert_int_equal(f->vif->state, VIF_CONNECTED);
}

static uint32_t ask(struct fixture *f, unsigned int type, uint32_t a,
		    uint32_t b, uint32_t c)
{
	struct svnic_ctrl_req req = {
		.id = svnic_le16(0xbeef),
		.type = svnic_le16((uint16_t)type),
		.data = { svnic_le32(a), svnic_le32(b), svnic_le32(c) },
	};
	struct svnic_ctrl_rsp rsp;

	memset(&rsp, 0xa5, sizeof(rsp));
	ctrl_handle(f->vif, &req, &rsp);
	assert_int_equal(svnic_cpu16(rsp.id), 0xbeef);
	assert_int_equal(svnic_cpu16(rsp.type), (uint16_t)type);
	assert_true(svnic_cpu32(rsp.status) <= SVNIC_CTRL_OVERFLOW);
	f->data = svnic_cpu32(rsp.data);
	return svnic_cpu32(rsp.status);
}

static void test_hello(void **state)
{
	static struct fixture f;

	(void)state;
	begin(&f);
	assert_int_equal(ask(&f, SVNIC_CTRL_HELLO, SVNIC_ABI_VERSION, 0, 0),
			 SVNIC_CTRL_OK);
	assert_int_equal(f.data, SVNIC_ABI_VERSION);
	assert_int_equal(ask(&f, SVNIC_CTRL_HELLO, SVNIC_ABI_VERSION + 5, 0, 0),
			 SVNIC_CTRL_OK);
	assert_int_equal(ask(&f, SVNIC_CTRL_HELLO, 0, 0, 0),
			 SVNIC_CTRL_NOT_SUPPORTED);
	fake_daemon_fini(&f.d);
}

static void test_types(void **state)
{
	static struct fixture f;
	unsigned int type;

	(void)state;
	begin(&f);
	for (type = 0; type < 0x10000; type++) {
		if (type >= SVNIC_CTRL_HELLO && type <= SVNIC_CTRL_GROUPS_SET &&
		    type != SVNIC_CTRL_ATTACH)
			continue;
		assert_int_equal(ask(&f, type, 1, 2, 3),
				 SVNIC_CTRL_NOT_SUPPORTED);
	}
	assert_int_equal(f.p.nr_calls, 0);
	fake_daemon_fini(&f.d);
}

static void test_add_pages(void **state)
{
	unsigned int i, j;
	static struct fixture f;
	uint32_t status;
	bool good;

	(void)state;
	begin(&f);
	for (i = 0; i < NR_CORNERS; i++) {
		for (j = 0; j < NR_CORNERS; j++) {
			uint64_t first = corners[i];
			uint64_t count = corners[j];

			good = count >= 1 && count <= SVNIC_PAGES_BATCH &&
			       first + count <= SVNIC_SLOW_PAGE;
			status = ask(&f, SVNIC_CTRL_ADD_PAGES, corners[i], 5,
				     corners[j]);
			assert_int_equal(status == SVNIC_CTRL_OK, good);
			if (good) {
				assert_int_equal(f.p.first, first);
				assert_int_equal(f.p.count, count);
				assert_true(f.vif->pages_end >= first + count);
			}
		}
	}
	fake_daemon_fini(&f.d);
}

/* All or nothing, and which entry was wrong. */
static void test_entries(void **state)
{
	static struct fixture f;

	(void)state;
	begin(&f);
	f.p.list[3].flags = svnic_le16(2);
	assert_int_equal(ask(&f, SVNIC_CTRL_ADD_PAGES, 0, 5, 3), SVNIC_CTRL_OK);
	f.p.nr_calls = 0;
	assert_int_equal(ask(&f, SVNIC_CTRL_ADD_PAGES, 0, 5, 4),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(f.data, 3);
	f.p.list[3].flags = svnic_le16(SVNIC_GREF_READ_ONLY);
	f.p.list[1].status = svnic_le16(1);
	assert_int_equal(ask(&f, SVNIC_CTRL_ADD_PAGES, 0, 5, 4),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(f.data, 1);
	assert_int_equal(f.p.nr_calls, 0);
	f.p.list[1].status = 0;
	f.p.add_result = -EINVAL;
	assert_int_equal(ask(&f, SVNIC_CTRL_ADD_PAGES, 0, 5, 8),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(f.data, 7);
	f.p.add_result = SVNIC_ST_NO_PAGES;
	assert_int_equal(ask(&f, SVNIC_CTRL_ADD_PAGES, 0, 5, 8),
			 SVNIC_CTRL_OVERFLOW);
	f.p.list_result = -EFAULT;
	assert_int_equal(ask(&f, SVNIC_CTRL_ADD_PAGES, 0, 5, 8),
			 SVNIC_CTRL_BAD_PARAMETER);
	fake_daemon_fini(&f.d);
}

static void test_del_pages(void **state)
{
	unsigned int i, j;
	static struct fixture f;

	(void)state;
	begin(&f);
	assert_int_equal(ask(&f, SVNIC_CTRL_ADD_PAGES, 0, 5, 10),
			 SVNIC_CTRL_OK);
	assert_int_equal(ask(&f, SVNIC_CTRL_DEL_PAGES, 0, 0, 4), SVNIC_CTRL_OK);
	assert_int_equal(f.data, 4);
	for (i = 0; i < NR_CORNERS; i++) {
		for (j = 0; j < NR_CORNERS; j++) {
			bool good = corners[j] >= 1 &&
				    corners[j] <= SVNIC_PAGES_BATCH &&
				    (uint64_t)corners[i] + corners[j] <=
					    SVNIC_SLOW_PAGE;

			assert_int_equal(ask(&f, SVNIC_CTRL_DEL_PAGES,
					     corners[i], 9,
					     corners[j]) == SVNIC_CTRL_OK,
					 good);
		}
	}
	fake_daemon_fini(&f.d);
}

static void test_queue_start(void **state)
{
	unsigned int queue, tx, rx, i;
	static struct fixture f;

	(void)state;
	begin(&f);
	f.d.config.max_queues = 4;
	for (queue = 0; queue < 256; queue += queue < 6 ? 1 : 25) {
		for (tx = 0; tx < 256; tx += tx < 14 ? 1 : 60) {
			for (rx = 0; rx < 256; rx += rx < 14 ? 1 : 60) {
				bool good = queue < 4 && tx >= 5 && tx <= 12 &&
					    rx >= 5 && rx <= 12;

				assert_int_equal(ask(&f, SVNIC_CTRL_QUEUE_START,
						     queue | tx << 8 | rx << 16,
						     0, 9) == SVNIC_CTRL_OK,
						 good);
				if (good)
					assert_int_equal(
						ask(&f, SVNIC_CTRL_QUEUE_STOP,
						    queue, 0, 0),
						SVNIC_CTRL_OK);
			}
		}
	}
	assert_int_equal(ask(&f, SVNIC_CTRL_QUEUE_START, 0x01050500, 0, 9),
			 SVNIC_CTRL_BAD_PARAMETER);
	for (i = 0; i < NR_CORNERS; i++) {
		bool good = (uint64_t)corners[i] + svnic_area(12, 12).pages <=
			    SVNIC_SLOW_PAGE;

		assert_int_equal(ask(&f, SVNIC_CTRL_QUEUE_START, 0x0c0c00,
				     corners[i], 0xffffffff) == SVNIC_CTRL_OK,
				 good);
		ask(&f, SVNIC_CTRL_QUEUE_STOP, 0, 0, 0);
	}
	fake_daemon_fini(&f.d);
}

static void test_queue_twice(void **state)
{
	static struct fixture f;

	(void)state;
	begin(&f);
	assert_int_equal(ask(&f, SVNIC_CTRL_QUEUE_STOP, 0, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(&f, SVNIC_CTRL_QUEUE_START, 0x080801, 3, 9),
			 SVNIC_CTRL_OK);
	assert_int_equal(f.p.port, 9);
	assert_int_equal(svnic_cpu32(f.p.queue_config.base), 3);
	assert_int_equal(f.vif->queues, 2);
	assert_int_equal(ask(&f, SVNIC_CTRL_QUEUE_START, 0x080801, 3, 9),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(&f, SVNIC_CTRL_QUEUE_STOP, 16, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(&f, SVNIC_CTRL_QUEUE_STOP, 0xffffffff, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(&f, SVNIC_CTRL_QUEUE_STOP, 1, 0, 0),
			 SVNIC_CTRL_OK);
	f.p.start_result = SVNIC_ST_NO_QUEUES;
	assert_int_equal(ask(&f, SVNIC_CTRL_QUEUE_START, 0x080801, 3, 9),
			 SVNIC_CTRL_OVERFLOW);
	assert_int_equal(f.vif->queues, 0);
	fake_daemon_fini(&f.d);
}

/* A table reaches the card if all its queues run, and are the guest's. */
static void test_rss(void **state)
{
	static struct fixture f;
	unsigned int entry, queue;

	(void)state;
	begin(&f);
	f.p.rss.key[39] = 0xfe;
	assert_int_equal(ask(&f, SVNIC_CTRL_RSS_SET, 5, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	for (queue = 0; queue < 3; queue++)
		assert_int_equal(ask(&f, SVNIC_CTRL_QUEUE_START,
				     queue | 0x080800, 20 * queue, 9),
				 SVNIC_CTRL_OK);
	f.vif->queues |= 1u << SVNIC_SLOW_QUEUE;
	assert_int_equal(ask(&f, SVNIC_CTRL_RSS_SET, 5, 0, 0), SVNIC_CTRL_OK);
	for (entry = 0; entry < SVNIC_RSS_TABLE; entry++) {
		for (queue = 0; queue < 256; queue++) {
			f.p.rss.table[entry] = (uint8_t)queue;
			memset(&f.p.card_rss, 0xff, sizeof(f.p.card_rss));
			assert_int_equal(ask(&f, SVNIC_CTRL_RSS_SET, 5, 0, 0) ==
						 SVNIC_CTRL_OK,
					 queue < 3);
			assert_int_equal(memcmp(&f.p.card_rss, &f.p.rss,
						sizeof(f.p.rss)) == 0,
					 queue < 3);
		}
		f.p.rss.table[entry] = (uint8_t)(entry % 3);
	}
	f.p.rss.reserved[7] = 1;
	assert_int_equal(ask(&f, SVNIC_CTRL_RSS_SET, 5, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	f.p.rss.reserved[7] = 0;
	assert_int_equal(ask(&f, SVNIC_CTRL_RSS_SET, 5, 1, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(&f, SVNIC_CTRL_RSS_SET, 5, 0, 1),
			 SVNIC_CTRL_BAD_PARAMETER);
	f.p.rss_result = SVNIC_ST_BAD_FIELD;
	assert_int_equal(ask(&f, SVNIC_CTRL_RSS_SET, 5, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	f.p.rss_result = 0;
	f.p.list_result = -EFAULT;
	assert_int_equal(ask(&f, SVNIC_CTRL_RSS_SET, 5, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	f.p.list_result = 0;
	assert_int_equal(ask(&f, SVNIC_CTRL_QUEUE_STOP, 2, 0, 0),
			 SVNIC_CTRL_OK);
	assert_int_equal(ask(&f, SVNIC_CTRL_RSS_SET, 5, 0, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	fake_daemon_fini(&f.d);
}

static uint32_t groups(struct fixture *f)
{
	return ask(f, SVNIC_CTRL_GROUPS_SET, 5, 0, 0);
}

/* Entries are groups, the rest is zero; and what the card has is that. */
static void test_groups(void **state)
{
	static struct fixture f;
	struct svnic_groups *g = &f.p.groups;
	const struct svnic_groups *card;
	unsigned int i;

	(void)state;
	begin(&f);
	memset(g, 0, sizeof(*g));
	card = &f.p.vif[f.vif->nr].groups;
	for (i = 0; i < SVNIC_GROUPS_MAX; i++) {
		g->group[i].mac[0] = 0x33;
		g->group[i].mac[5] = (uint8_t)i;
		/* One that is not counted yet. */
		assert_int_equal(groups(&f), SVNIC_CTRL_BAD_PARAMETER);
		g->nr = svnic_le16((uint16_t)(i + 1));
		assert_int_equal(groups(&f), SVNIC_CTRL_OK);
		assert_memory_equal(card, g, sizeof(*g));
		g->group[i].mac[0] = 0x32;
		assert_int_equal(groups(&f), SVNIC_CTRL_BAD_PARAMETER);
		g->group[i].mac[0] = 0x33;
		g->group[i].reserved = svnic_le16(1);
		assert_int_equal(groups(&f), SVNIC_CTRL_BAD_PARAMETER);
		g->group[i].reserved = 0;
	}
	g->nr = svnic_le16(SVNIC_GROUPS_MAX + 1);
	assert_int_equal(groups(&f), SVNIC_CTRL_BAD_PARAMETER);
	g->nr = svnic_le16(SVNIC_GROUPS_MAX);
	g->all = 1;
	assert_int_equal(groups(&f), SVNIC_CTRL_BAD_PARAMETER);
	assert_true(f.vif->grouped);
	memset(g, 0, sizeof(*g));
	g->all = 2;
	assert_int_equal(groups(&f), SVNIC_CTRL_BAD_PARAMETER);
	g->all = 1;
	g->reserved[4] = 1;
	assert_int_equal(groups(&f), SVNIC_CTRL_BAD_PARAMETER);
	g->reserved[4] = 0;
	assert_int_equal(groups(&f), SVNIC_CTRL_OK);
	assert_memory_equal(card, g, sizeof(*g));
	assert_false(f.vif->grouped);
	assert_int_equal(ask(&f, SVNIC_CTRL_GROUPS_SET, 5, 1, 0),
			 SVNIC_CTRL_BAD_PARAMETER);
	assert_int_equal(ask(&f, SVNIC_CTRL_GROUPS_SET, 5, 0, 1),
			 SVNIC_CTRL_BAD_PARAMETER);
	f.p.list_result = -EFAULT;
	assert_int_equal(groups(&f), SVNIC_CTRL_BAD_PARAMETER);
	f.p.list_result = 0;
	/* Also where an administrator wants no direct path. */
	f.vif->netif_only = true;
	g->all = 0;
	assert_int_equal(groups(&f), SVNIC_CTRL_OK);
	assert_int_equal(card->all, 0);
	/* Whoever connects next begins with all. */
	vif_peer_state(f.vif, PEER_CLOSED);
	assert_int_equal(card->all, 1);
	fake_daemon_fini(&f.d);
}

/* Every message in every state (rule R03). */
static void test_states(void **state)
{
	static struct fixture f;
	unsigned int s, type;

	(void)state;
	begin(&f);
	for (s = VIF_NEW; s < VIF_STATE_NR; s++) {
		f.vif->state = s;
		f.p.nr_calls = 0;
		for (type = SVNIC_CTRL_HELLO; type <= SVNIC_CTRL_GROUPS_SET;
		     type++)
			ask(&f, type, 0, 0, 1);
		if (s != VIF_CONNECTED && s != VIF_DETACHING)
			assert_int_equal(f.p.nr_calls, 0);
	}
	f.vif->state = VIF_CONNECTED;
	fake_daemon_fini(&f.d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hello),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_add_pages),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_del_pages),
		cmocka_unit_test(test_queue_start),
		cmocka_unit_test(test_queue_twice),
		cmocka_unit_test(test_rss),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
