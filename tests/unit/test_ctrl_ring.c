/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control ring against a guest that does everything to its page and its
 * event channel (rules R01, R04, R20).
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "fakes/svnicd_hypervisor.h"
#include "xen/dom0.h"

#include <xen/io/netif.h>

static struct platform p;
static struct tenant t;
static unsigned int nr_requests;
static unsigned int nr_faults;
static unsigned int work_us;
static uint16_t last_id;
static char page[4096] __attribute__((aligned(4096)));

static void took(struct vif *vif, const struct svnic_ctrl_req *req,
		 struct svnic_ctrl_rsp *rsp)
{
	(void)vif;
	nr_requests++;
	usleep(work_us);
	last_id = req->id;
	memset(rsp, 0, sizeof(*rsp));
	rsp->id = req->id;
	rsp->type = req->type;
	rsp->data = 0x1234;
}

static void faulted(struct vif *vif, const char *reason)
{
	(void)vif;
	assert_non_null(reason);
	nr_faults++;
	ring_close(&t);
}

static const struct platform_upcalls up = { .ctrl = took,
					    .peer_fault = faulted };

static struct xen_netif_ctrl_sring *sring(void)
{
	return (struct xen_netif_ctrl_sring *)page;
}

static union xen_netif_ctrl_sring_entry *slot(unsigned int i)
{
	return (union xen_netif_ctrl_sring_entry *)(page + 64) + (i & 127);
}

static int begin(void **state)
{
	char why[PLATFORM_REASON];

	(void)state;
	memset(&p, 0, sizeof(p));
	memset(&t, 0, sizeof(t));
	memset(page, 0, sizeof(page));
	memset(&fake_hypervisor, 0, sizeof(fake_hypervisor));
	nr_requests = nr_faults = work_us = 0;
	p.base = event_base_new();
	p.up = &up;
	t.p = &p;
	fake_hypervisor.page = page;
	sring()->req_event = sring()->rsp_event = 1;
	return ring_open(&t, 8, 9, why);
}

static int end(void **state)
{
	(void)state;
	ring_close(&t);
	ring_close(&t);
	assert_int_equal(fake_hypervisor.mapped, 0);
	assert_int_equal(fake_hypervisor.bound, 0);
	event_base_free(p.base);
	return 0;
}

static void loop(unsigned int times)
{
	while (times--)
		event_base_loop(p.base, EVLOOP_NONBLOCK);
}

static void request(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		slot(sring()->req_prod + i)->req.id =
			(uint16_t)(sring()->req_prod + i);
	sring()->req_prod += n;
}

static void test_request(void **state)
{
	(void)state;
	request(1);
	fake_ring();
	loop(3);
	assert_int_equal(nr_requests, 1);
	assert_int_equal(sring()->rsp_prod, 1);
	assert_int_equal(slot(0)->rsp.data, 0x1234);
	assert_int_equal(fake_hypervisor.notified, 1);
	assert_int_equal(fake_hypervisor.unmasked, 1);
	assert_int_equal(sring()->req_event, 2);
}

/* Only when the guest asked to be told (rsp_event). */
static void test_notify(void **state)
{
	(void)state;
	sring()->rsp_event = 3;
	request(2);
	loop(3);
	assert_int_equal(fake_hypervisor.notified, 0);
	request(1);
	fake_ring();
	loop(3);
	assert_int_equal(fake_hypervisor.notified, 1);
}

/* Responses do not carry what lay in the slot, or on our stack (R04). */
static void test_padding(void **state)
{
	(void)state;
	memset(page + 64, 0xee, sizeof(page) - 64);
	request(1);
	loop(3);
	assert_int_equal(page[64 + 12], 0);
	assert_int_equal(page[64 + 13], 0);
	assert_int_equal(page[64 + 14], 0);
	assert_int_equal(page[64 + 15], 0);
}

static void test_full_laps(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		request(128);
		fake_ring();
		loop(12);
		assert_int_equal(nr_requests, 128 * (i + 1));
		assert_int_equal(last_id, 128 * (i + 1) - 1);
	}
	assert_int_equal(nr_faults, 0);
}

/* Bounded work: others are served between two quotas. */
static void test_quota(void **state)
{
	(void)state;
	loop(2);
	request(128);
	fake_ring();
	event_base_loop(p.base, EVLOOP_ONCE);
	assert_true(nr_requests > 0 && nr_requests <= 64);
	assert_int_equal(fake_hypervisor.unmasked, 0);
	loop(12);
	assert_int_equal(nr_requests, 128);
	assert_int_equal(fake_hypervisor.unmasked, 1);
}

/* Of messages that take long the others wait for one. */
static void test_long_messages(void **state)
{
	(void)state;
	loop(2);
	work_us = 5000;
	request(100);
	fake_ring();
	event_base_loop(p.base, EVLOOP_ONCE);
	assert_int_equal(nr_requests, 1);
}

/* One by one, as fast as they are answered; a masked channel does not ring. */
static void storm_ms(unsigned int ms)
{
	uint64_t start = account_now();

	while (account_now() - start < ms * 1000) {
		if (sring()->rsp_prod == sring()->req_prod)
			request(1);
		if (!t.ring.rung)
			fake_ring();
		loop(1);
	}
}

static void test_share(void **state)
{
	(void)state;
	loop(2);
	work_us = 10000;
	storm_ms(200);
	assert_in_range(nr_requests, 5, 20);
	t.account.used_us = ACCOUNT_FREE_US;
	nr_requests = 0;
	storm_ms(400);
	assert_in_range(nr_requests, 2, 14);
}

static void impossible(uint32_t prod)
{
	void *state = NULL;

	begin(&state);
	request(5);
	loop(3);
	nr_requests = 0;
	sring()->req_prod = prod;
	fake_ring();
	loop(3);
	assert_int_equal(nr_faults, 1);
	assert_int_equal(nr_requests, 0);
	assert_int_equal(fake_hypervisor.mapped, 0);
	end(&state);
}

static void test_impossible_index(void **state)
{
	(void)state;
	impossible(5 + 129);
	impossible(4);
	impossible(0);
	impossible(0x80000000);
	impossible(0xffffffff);
}

/* Rings without work wait longer each time; work is served at once again. */
static void test_storm(void **state)
{
	unsigned int i;

	(void)state;
	loop(2);
	for (i = 0; i < 1000; i++) {
		fake_ring();
		loop(1);
	}
	/* Ten times 2^n ms would be two seconds: this took less. */
	assert_true(fake_hypervisor.unmasked < 20);
	assert_int_equal(nr_requests, 0);
	assert_true(t.ring.rest);
	request(1);
	event_base_loop(p.base, EVLOOP_ONCE);
	fake_ring();
	loop(4);
	assert_int_equal(nr_requests, 1);
}

/* After a restart: on from rsp_prod, without being rung. */
static void test_restart(void **state)
{
	char why[PLATFORM_REASON];

	(void)state;
	request(7);
	loop(3);
	ring_close(&t);
	request(3);
	assert_int_equal(ring_open(&t, 8, 9, why), 0);
	loop(3);
	assert_int_equal(nr_requests, 10);
	assert_int_equal(last_id, 9);
}

static void test_open_fails(void **state)
{
	char why[PLATFORM_REASON] = "";

	(void)state;
	ring_close(&t);
	fake_hypervisor.bind_fails = true;
	assert_int_equal(ring_open(&t, 8, 9, why), -EINVAL);
	assert_non_null(strstr(why, "event channel 9"));
	assert_int_equal(fake_hypervisor.mapped, 0);
	fake_hypervisor.page = NULL;
	assert_int_equal(ring_open(&t, 8, 9, why), -EINVAL);
	assert_non_null(strstr(why, "grant 8"));
}

static void test_copy(void **state)
{
	struct svnic_gref_entry e[4] = { { .gref = 1 } };

	(void)state;
	assert_int_equal(ring_copy(&p, &t, 5, e, 3 * sizeof(e[0])), 0);
	assert_int_equal(e[2].gref, 0x77777777);
	assert_int_equal(e[3].gref, 0);
	fake_hypervisor.copy_status = GNTST_bad_gntref;
	assert_int_equal(ring_copy(&p, &t, 5, e, 3 * sizeof(e[0])), -EFAULT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_request),    TEST(test_notify),
		TEST(test_padding),    TEST(test_full_laps),
		TEST(test_quota),      TEST(test_long_messages),
		TEST(test_share),      cmocka_unit_test(test_impossible_index),
		TEST(test_storm),      TEST(test_restart),
		TEST(test_open_fails), TEST(test_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
