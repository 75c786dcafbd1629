/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xen platform's view of XenStore, with the real life cycle above it and
 * fakes of XenStore, hypervisor and card below: what libxl and guests write,
 * in the order in which they write it, and in others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include "fakes/svnicd_hypervisor.h"
#include "fakes/svnicd_netif.h"
#include "fakes/svnicd_xenstore.h"
#include "ctrl.h"
#include "daemon.h"
#include "hold.h"
#include "vif.h"
#include "xen/dom0.h"

#define FE "/local/domain/3/device/vif/0"
#define BE "backend/vif/3/0"

static struct daemon d;
static struct platform p;
static char page[4096] __attribute__((aligned(4096)));
static bool on_card[4];
static unsigned int want_nr;
static unsigned int left_nr; /* 0: nothing */

/* The card -------------------------------------------------------------- */

static int card_create(struct platform *platform,
		       const struct svnic_vif_config *config, uint64_t cookie,
		       unsigned int *nr)
{
	(void)platform;
	(void)config;
	(void)cookie;
	on_card[want_nr] = true;
	*nr = want_nr;
	return 0;
}

static int card_destroy(struct platform *platform, unsigned int nr)
{
	(void)platform;
	on_card[nr] = false;
	return 0;
}

static int card_set(struct platform *platform, unsigned int nr,
		    const struct svnic_vif_config *config)
{
	(void)platform;
	(void)nr;
	(void)config;
	return 0;
}

static int card_source(struct platform *platform, unsigned int nr,
		       const struct svnic_source *list)
{
	(void)platform;
	(void)nr;
	(void)list;
	return 0;
}

static int card_groups(struct platform *platform, unsigned int nr,
		       const struct svnic_groups *list)
{
	(void)platform;
	(void)nr;
	(void)list;
	return 0;
}

static int card_query(struct platform *platform, unsigned int nr,
		      struct svnic_vif_info *info)
{
	(void)platform;
	(void)nr;
	memset(info, 0, sizeof(*info));
	return 0;
}

static int card_pages_del(struct platform *platform, unsigned int nr,
			  uint32_t first, uint32_t count)
{
	(void)platform;
	(void)nr;
	(void)first;
	return (int)count;
}

static char *read_key(struct platform *platform, struct tenant *t,
		      const char *key)
{
	return store_read(platform, t->frontend, key);
}

static const struct platform_ops ops = {
	.name = "xen",
	.vif_create = card_create,
	.vif_destroy = card_destroy,
	.vif_set = card_set,
	.source_set = card_source,
	.groups_set = card_groups,
	.vif_query = card_query,
	.pages_del = card_pages_del,
	.tenant_offer = guest_offer,
	.tenant_withdraw = guest_withdraw,
	.tenant_state = guest_state,
	.tenant_reason = guest_reason,
	.tenant_key = guest_key,
	.tenant_keys = guest_keys,
	.tenant_sleeps = guest_sleeps,
	.tenant_read = read_key,
	.tenant_connect = guest_connect,
	.tenant_disconnect = guest_disconnect,
	.tenant_copy = ring_copy,
	.tenant_name = guest_name,
	.tenant_destroy = guest_destroy,
};

static struct vif *came(void *core, struct tenant *t,
			const struct platform_request *r)
{
	return vif_create(core, t, r);
}

static void known(void *core)
{
	(void)core;
	d.tenants_known = true;
}

static const struct platform_upcalls up = {
	.vif_came = came,
	.tenants_known = known,
	.vif_changed = vif_change,
	.vif_gone = vif_destroy,
	.peer_state = vif_peer_state,
	.gate = vif_gate,
	.offline = vif_offline,
	.peer_fault = vif_peer_fault,
	.ctrl = ctrl_handle,
};

const struct platform_ops *platform_xen(void)
{
	return NULL;
}

const struct platform_ops *platform_local(void)
{
	return NULL;
}

/* The others ------------------------------------------------------------ */

/* Each node by itself; test_batch has the other way. */
const char *xs_daemon_socket(void)
{
	return NULL;
}

xc_interface *dom0_xc(struct platform *platform)
{
	return (xc_interface *)platform;
}

static void leave_on_card(void)
{
	d.left = calloc(1, sizeof(*d.left));
	assert_non_null(d.left);
	d.nr_left = 1;
	d.left->nr = left_nr;
	d.left->cookie = 3ull << 32;
	on_card[left_nr] = true;
}

/* svnicd starts: with what is in the store and on the card. */
static void daemon_up(void)
{
	char why[PLATFORM_REASON];

	memset(&d, 0, sizeof(d));
	memset(&p, 0, sizeof(p));
	TAILQ_INIT(&d.vifs);
	LIST_INIT(&d.captures);
	TAILQ_INIT(&p.guests);
	assert_int_equal(config_init(&d.config), 0);
	d.base = event_base_new();
	d.ops = &ops;
	d.platform = &p;
	d.has_card = true;
	p.base = d.base;
	p.up = &up;
	p.core = &d;
	p.info.doorbell = 1000;
	if (left_nr)
		leave_on_card();
	assert_int_equal(store_open(&p, why), 0);
	assert_int_equal(store_start(&p), 0);
	assert_true(d.tenants_known);
}

/* ... and is killed: what it holds of the store and the card stays. */
static void daemon_down(void)
{
	struct vif *vif;

	while ((vif = TAILQ_FIRST(&d.vifs))) {
		TAILQ_REMOVE(&d.vifs, vif, link);
		vif_free(vif);
	}
	store_close(&p);
	config_fini(&d.config);
	free(d.left);
	if (d.retry)
		event_free(d.retry);
	event_base_free(d.base);
}

static void pump(void)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		event_base_loop(d.base, EVLOOP_NONBLOCK);
}

static int begin(void **state)
{
	(void)state;
	log_init(LOG_LEVEL_ERR);
	fake_store_reset();
	memset(&fake_hypervisor, 0, sizeof(fake_hypervisor));
	memset(page, 0, sizeof(page));
	memset(on_card, 0, sizeof(on_card));
	memset(&fake_netif, 0, sizeof(fake_netif));
	want_nr = 1;
	left_nr = 0;
	fake_hypervisor.page = page;
	daemon_up();
	return 0;
}

static int end(void **state)
{
	(void)state;
	daemon_down();
	fake_store_reset();
	return 0;
}

/* libxl's transaction, xen-contract 4. */
static void attach(const char *bridge, const char *script)
{
	fake_store_set("/local/domain/3/name", "web");
	fake_store_set(FE "/state", "1");
	fake_store_set(FE "/backend", "/local/domain/0/" BE);
	fake_store_set(BE "/frontend", FE);
	fake_store_set(BE "/frontend-id", "3");
	fake_store_set(BE "/online", "1");
	fake_store_set(BE "/script", script);
	fake_store_set(BE "/mac", "00:16:3e:00:00:01");
	fake_store_set(BE "/bridge", bridge);
	fake_store_set(BE "/hotplug-status", "");
	fake_store_set(BE "/state", "1");
	pump();
}

static void guest_connects(void)
{
	fake_store_set(FE "/svnic-version", "65536");
	fake_store_set(FE "/ctrl-ring-ref", "8");
	fake_store_set(FE "/event-channel-ctrl", "9");
	fake_store_set(FE "/state", "4");
	pump();
}

static void up_to_connected(void)
{
	attach("net0", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store_get(BE "/state"), "2");
	fake_store_set(BE "/hotplug-status", "connected");
	guest_connects();
	assert_string_equal(fake_store_get(BE "/state"), "4");
}

static void stock_connects(void)
{
	fake_store_set(FE "/tx-ring-ref", "8");
	fake_store_set(FE "/rx-ring-ref", "9");
	fake_store_set(FE "/event-channel-tx", "10");
	fake_store_set(FE "/event-channel-rx", "11");
	fake_store_set(FE "/request-rx-copy", "1");
	fake_store_set(FE "/state", "4");
	pump();
}

static void detach(void)
{
	fake_store_set(BE "/online", "0");
	fake_store_set(BE "/state", "5");
	pump();
}

static void remove_all(void)
{
	fake_store_set(FE, NULL);
	fake_store_set(BE, NULL);
	pump();
}

/* Tests ----------------------------------------------------------------- */

static void test_attach(void **state)
{
	(void)state;
	attach("net0", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store_get(BE "/state"), "2");
	assert_string_equal(fake_store_get(BE "/svnic-version"), "65536");
	assert_string_equal(fake_store_get(BE "/svnic-doorbell"), "1001");
	assert_string_equal(fake_store_get(BE "/feature-ctrl-ring"), "1");
	assert_int_equal(fake_store.nr_granted, 1);
	/* The gate: connected only when the script has said so. */
	guest_connects();
	assert_string_equal(fake_store_get(BE "/state"), "2");
	fake_store_set(BE "/hotplug-status", "connected");
	pump();
	assert_string_equal(fake_store_get(BE "/state"), "4");
	assert_int_equal(fake_hypervisor.mapped, 1);
}

static void test_not_ours(void **state)
{
	static const char *const scripts[] = { "/etc/xen/scripts/vif-bridge",
					       "vif-svnic", "",
					       "/x/vif-svnic-not",
					       "/x/not-vif-svnic" };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		attach("net0", scripts[i]);
		assert_string_equal(fake_store_get(BE "/state"), "1");
		detach();
		remove_all();
	}
	assert_int_equal(fake_store.nr_writes, 0);
}

static void test_detach(void **state)
{
	(void)state;
	up_to_connected();
	detach();
	assert_string_equal(fake_store_get(BE "/state"), "5");
	fake_store_set(FE "/state", "6");
	pump();
	assert_string_equal(fake_store_get(BE "/state"), "6");
	assert_int_equal(fake_store.nr_granted, 0);
	assert_int_equal(fake_hypervisor.mapped, 0);
	assert_false(on_card[1]);
	assert_string_equal(fake_store_get(BE "/svnic-doorbell"), "(none)");
	remove_all();
	assert_int_equal(d.nr_vifs, 0);
	/* Nothing of it comes back by a late write. */
	assert_string_equal(fake_store_get(BE "/state"), "(none)");
}

/* Forced: the frontend goes first, then as above. */
static void test_destroy(void **state)
{
	(void)state;
	up_to_connected();
	fake_store_set(FE, NULL);
	detach();
	assert_string_equal(fake_store_get(BE "/state"), "6");
	assert_false(on_card[1]);
	assert_int_equal(fake_hypervisor.mapped, 0);
	/* libxl may write 5 again over our 6, and wait again. */
	fake_store_set(BE "/state", "5");
	pump();
	assert_string_equal(fake_store_get(BE "/state"), "6");
	remove_all();
	assert_int_equal(d.nr_vifs, 0);
}

static void test_domain_dies(void **state)
{
	(void)state;
	up_to_connected();
	fake_store.dead_domid = 3;
	fake_store_set("@releaseDomain", "");
	pump();
	assert_false(on_card[1]);
	assert_int_equal(fake_hypervisor.mapped, 0);
}

static void test_directories_vanish(void **state)
{
	(void)state;
	up_to_connected();
	fake_store_set(BE, NULL);
	pump();
	assert_int_equal(d.nr_vifs, 0);
	assert_false(on_card[1]);
	assert_int_equal(fake_store.nr_granted, 0);
	assert_string_equal(fake_store_get(BE "/state"), "(none)");
}

static void test_refused(void **state)
{
	(void)state;
	attach("nonet", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store_get(BE "/state"), "2");
	assert_non_null(strstr(fake_store_get(BE "/svnic-reason"), "nonet"));
	assert_string_equal(fake_store_get(BE "/svnic-version"), "(none)");
	assert_false(on_card[1]);
	/* The script says so and takes the frontend away. */
	fake_store_set(BE "/hotplug-status", "error");
	fake_store_set(FE, NULL);
	pump();
	assert_string_equal(fake_store_get(BE "/state"), "6");
	/* Another attach takes the place at once. */
	attach("net0", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store_get(BE "/state"), "2");
	assert_true(on_card[1]);
	assert_int_equal(d.nr_vifs, 1);
}

/* What nobody else removes, we do; but no later attach. */
static void test_clear(void **state)
{
	struct tenant *t;

	(void)state;
	attach("nonet", "/etc/xen/scripts/vif-svnic");
	t = TAILQ_FIRST(&p.guests);
	store_clear(t);
	assert_string_equal(fake_store_get(BE "/state"), "2");
	fake_store_set(BE "/hotplug-status", "error");
	store_clear(t);
	assert_string_equal(fake_store_get(BE "/state"), "2");
	fake_store_set(FE, NULL);
	pump();
	store_clear(t);
	assert_string_equal(fake_store_get(BE "/state"), "(none)");
	pump();
	assert_int_equal(d.nr_vifs, 0);
}

/* Debian's xen-netfront: no control ring, no key of ours. */
static void test_stock(void **state)
{
	(void)state;
	attach("net0", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store_get(BE "/feature-rx-copy"), "1");
	assert_string_equal(fake_store_get(BE "/svnic-path"), "direct");
	fake_store_set(BE "/hotplug-status", "connected");
	stock_connects();
	assert_string_equal(fake_store_get(BE "/state"), "4");
	assert_int_equal(fake_netif.nr, 1);
	assert_int_equal(fake_hypervisor.mapped, 0);
	detach();
	fake_store_set(FE "/state", "6");
	pump();
	assert_string_equal(fake_store_get(BE "/state"), "6");
	assert_string_equal(fake_store_get(BE "/feature-rx-copy"), "(none)");
	assert_int_equal(fake_netif.nr, 0);
}

/* The sentence names key and value; it may try again. */
static void test_bad_netif(void **state)
{
	(void)state;
	attach("net0", "/etc/xen/scripts/vif-svnic");
	fake_store_set(BE "/hotplug-status", "connected");
	fake_store_set(FE "/multi-queue-num-queues", "9");
	stock_connects();
	assert_string_equal(fake_store_get(BE "/state"), "6");
	assert_non_null(strstr(fake_store_get(BE "/svnic-reason"),
			       "multi-queue-num-queues"));
	assert_non_null(strstr(fake_store_get(BE "/svnic-reason"), "\"9\""));
	fake_store_set(FE "/multi-queue-num-queues", "1");
	fake_store_set(FE "/state", "1");
	pump();
	stock_connects();
	assert_string_equal(fake_store_get(BE "/state"), "4");
	assert_string_equal(fake_store_get(BE "/svnic-reason"), "(none)");
}

/* The keys of the direct path go and come while the guest is connected. */
static void test_card_goes(void **state)
{
	struct vif *vif;
	char epoch[16];

	(void)state;
	attach("net0", "/etc/xen/scripts/vif-svnic");
	fake_store_set(BE "/hotplug-status", "connected");
	stock_connects();
	vif = TAILQ_FIRST(&d.vifs);
	snprintf(epoch, sizeof(epoch), "%s", fake_store_get(BE "/svnic-epoch"));
	d.has_card = false;
	vif_card_lost(vif, "gone");
	assert_string_equal(fake_store_get(BE "/state"), "4");
	assert_string_equal(fake_store_get(BE "/carrier"), "0");
	assert_string_equal(fake_store_get(BE "/svnic-version"), "(none)");
	assert_string_equal(fake_store_get(BE "/svnic-doorbell"), "(none)");
	assert_int_equal(fake_store.nr_granted, 0);
	d.has_card = true;
	want_nr = 2;
	vif_card_came(vif);
	pump();
	assert_string_equal(fake_store_get(BE "/state"), "4");
	assert_string_equal(fake_store_get(BE "/carrier"), "1");
	assert_string_equal(fake_store_get(BE "/svnic-doorbell"), "1002");
	assert_string_not_equal(fake_store_get(BE "/svnic-epoch"), epoch);
	assert_int_equal(fake_store.nr_granted, 1);
}

/* An adopted doorbell page is taken away at the detach, too. */
static void test_restart_stock(void **state)
{
	(void)state;
	attach("net0", "/etc/xen/scripts/vif-svnic");
	fake_store_set(BE "/hotplug-status", "connected");
	stock_connects();
	hold_allow(TAILQ_FIRST(&d.vifs), false);
	assert_string_equal(fake_store_get(BE "/svnic-path"), "netif");
	hold_allow(TAILQ_FIRST(&d.vifs), true);
	daemon_down();
	assert_int_equal(fake_netif.nr, 0);
	fake_store.nr_writes = 0;
	left_nr = 1;
	daemon_up();
	assert_int_equal(fake_store.nr_writes, 0);
	assert_int_equal(fake_netif.nr, 1);
	assert_string_equal(fake_store_get(BE "/state"), "4");
	detach();
	fake_store_set(FE "/state", "6");
	pump();
	assert_int_equal(fake_store.nr_granted, 0);
	assert_string_equal(fake_store_get(BE "/svnic-doorbell"), "(none)");
}

/* Killed and started: nothing is written but what was there. */
static void test_restart(void **state)
{
	struct tenant *t;

	(void)state;
	up_to_connected();
	daemon_down();
	fake_hypervisor.mapped = 0;
	fake_store.nr_writes = 0;

	left_nr = 1;
	daemon_up();
	assert_int_equal(fake_store.nr_writes, 0);
	assert_string_equal(fake_store_get(BE "/state"), "4");
	t = TAILQ_FIRST(&p.guests);
	assert_int_equal(t->vif->state, VIF_CONNECTED);
	assert_int_equal(t->vif->nr, 1);
	assert_int_equal(fake_hypervisor.mapped, 1);
}

/* The guest comes and goes by itself; no state of ours is libxl's detach. */
static void test_reconnect(void **state)
{
	unsigned int i;

	(void)state;
	up_to_connected();
	for (i = 0; i < 5; i++) {
		fake_store_set(FE "/state", "5");
		pump();
		assert_string_equal(fake_store_get(BE "/state"), "5");
		fake_store_set(FE "/state", "6");
		pump();
		assert_string_equal(fake_store_get(BE "/state"), "6");
		fake_store_set(FE "/state", "1");
		pump();
		assert_string_equal(fake_store_get(BE "/state"), "2");
		guest_connects();
		assert_string_equal(fake_store_get(BE "/state"), "4");
	}
}

/* Our state is not written over the toolstack's wish. */
static void test_race_with_detach(void **state)
{
	(void)state;
	attach("net0", "/etc/xen/scripts/vif-svnic");
	fake_store_set(BE "/hotplug-status", "connected");
	fake_store_set(BE "/online", "0");
	fake_store_set(BE "/state", "5");
	guest_connects();
	assert_string_equal(fake_store_get(BE "/state"), "5");
	fake_store_set(FE "/state", "6");
	pump();
	assert_string_equal(fake_store_get(BE "/state"), "6");
	assert_false(on_card[1]);
}

static void test_transactions_clash(void **state)
{
	(void)state;
	fake_store.nr_clashes = 3;
	attach("net0", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store_get(BE "/state"), "2");
	assert_int_equal(fake_store.nr_clashes, 0);
}

/* Whatever stands in the guest's nodes (rules R32, R34). */
static void test_nonsense(void **state)
{
	static const char *const bad[] = {
		"",   "-1", "+4", " 4",		"4 ",	"0x4",
		"9",  "44", "4a", "4294967300", "\xff", "7777777777777777777",
		"2.", "\n",
	};
	static const char *const keys[] = { FE "/ctrl-ring-ref",
					    FE "/event-channel-ctrl",
					    FE "/svnic-version" };
	unsigned int i, k;

	(void)state;
	up_to_connected();
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fake_store_set(FE "/state", "1");
		pump();
		assert_string_equal(fake_store_get(BE "/state"), "2");
		fake_store_set(FE "/state", bad[i]);
		pump();
		assert_string_equal(fake_store_get(BE "/state"), "6");
		assert_string_not_equal(fake_store_get(BE "/svnic-reason"),
					"(none)");
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		for (k = 0; k < 3; k++) {
			if (strcmp(bad[i], "9") == 0 ||
			    strcmp(bad[i], "44") == 0)
				continue;
			fake_store_set(FE "/state", "1");
			pump();
			fake_store_set(FE "/svnic-version", "65536");
			fake_store_set(FE "/ctrl-ring-ref", "8");
			fake_store_set(FE "/event-channel-ctrl", "9");
			fake_store_set(keys[k], bad[i]);
			fake_store_set(FE "/state", "4");
			pump();
			assert_string_equal(fake_store_get(BE "/state"), "6");
			assert_int_equal(fake_hypervisor.mapped, 0);
		}
	}
	fake_store_set(FE "/state", "1");
	pump();
	guest_connects();
	assert_string_equal(fake_store_get(BE "/state"), "4");
}

/* A storm of states: one look for all that is there (rule R22). */
static void test_storm(void **state)
{
	unsigned int i;

	(void)state;
	up_to_connected();
	fake_store.nr_writes = 0;
	for (i = 0; i < 3000; i++)
		fake_store_set(FE "/state", i & 1 ? "4" : "1");
	pump();
	assert_true(fake_store.nr_writes < 100);
	assert_string_equal(fake_store_get(BE "/state"), "4");
}

static void test_rate(void **state)
{
	struct vif *vif;

	(void)state;
	up_to_connected();
	vif = TAILQ_FIRST(&d.vifs);
	fake_store_set(BE "/rate", "62500,50000");
	pump();
	assert_int_equal(vif->config.rate, 1250000);
	fake_store_set(BE "/rate", "lots");
	pump();
	assert_int_equal(vif->config.rate, 1250000);
	assert_non_null(strstr(vif->note, "lots"));
	/* What the daemon wrote itself is no news. */
	guest_key(&p, vif->tenant, "rate", "20000,20000");
	pump();
	assert_int_equal(vif->config.rate, 1250000);
	guest_key(&p, vif->tenant, "rate", NULL);
	assert_string_equal(fake_store_get(BE "/rate"), "(none)");
}

/* Where the guest cannot write they count, elsewhere they do not. */
static void test_limits(void **state)
{
	struct vif *vif;

	(void)state;
	up_to_connected();
	vif = TAILQ_FIRST(&d.vifs);
	fake_store_set(BE "/svnic-limits", "storm=5 min_rate=1MB/s");
	pump();
	assert_int_equal(vif->config.storm, 5);
	assert_int_equal(vif->config.min_rate, 1000);
	fake_store_set(FE "/svnic-limits", "storm=0");
	fake_store_set(FE "/rate", "0");
	fake_store_set(FE "/state", "4");
	pump();
	assert_int_equal(vif->config.storm, 5);
	fake_store_set(BE "/svnic-limits", "class=");
	pump();
	assert_non_null(strstr(vif->note, "class"));
	assert_int_equal(vif->config.storm, 5);
	guest_key(&p, vif->tenant, "svnic-limits", NULL);
	pump();
	assert_string_equal(fake_store_get(BE "/svnic-limits"), "(none)");
}

/* xl's ip=, and what an administrator makes of it. */
static void test_addresses(void **state)
{
	struct vif *vif;

	(void)state;
	up_to_connected();
	vif = TAILQ_FIRST(&d.vifs);
	assert_int_equal(vif->source.nr, 0);
	fake_store_set(BE "/ip", "10.0.0.5 fd00::5");
	pump();
	assert_int_equal(vif->source.nr, 2);
	fake_store_set(BE "/ip", "10.0.0.5/24");
	pump();
	assert_int_equal(vif->source.nr, 2);
	assert_non_null(strstr(vif->note, "10.0.0.0/24"));
	fake_store_set(FE "/ip", "10.0.0.6");
	fake_store_set(FE "/state", "4");
	pump();
	assert_int_equal(vif->source.nr, 2);
	guest_key(&p, vif->tenant, "ip", "10.0.0.7");
	pump();
	assert_int_equal(vif->source.nr, 2);
	guest_key(&p, vif->tenant, "ip", NULL);
	assert_string_equal(fake_store_get(BE "/ip"), "(none)");
}

static void test_hvm(void **state)
{
	(void)state;
	fake_store.is_hvm = true;
	attach("net0", "/etc/xen/scripts/vif-svnic");
	assert_int_equal(fake_store.nr_mapped, 1);
	assert_false(window_is_free(&p, 1, 4));
	detach();
	assert_true(window_is_free(&p, 1, 4));
	assert_int_equal(fake_store.nr_mapped, 0);
	assert_int_equal(fake_store.nr_granted, 0);
}

/* A PV guest may still have the page: no other gets it while that lives. */
static void test_page_of_pv(void **state)
{
	(void)state;
	attach("net0", "/etc/xen/scripts/vif-svnic");
	detach();
	remove_all();
	assert_int_equal(fake_store.nr_granted, 0);
	assert_true(window_is_free(&p, 1, 3));
	assert_false(window_is_free(&p, 1, 4));
	assert_true(window_is_free(&p, 2, 4));
	fake_store.dead_domid = 3;
	assert_true(window_is_free(&p, 1, 4));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_attach),
		TEST(test_not_ours),
		TEST(test_detach),
		TEST(test_destroy),
		TEST(test_domain_dies),
		TEST(test_directories_vanish),
		TEST(test_refused),
		TEST(test_clear),
		TEST(test_stock),
		TEST(test_bad_netif),
		TEST(test_card_goes),
		TEST(test_restart_stock),
		TEST(test_restart),
		TEST(test_reconnect),
		TEST(test_race_with_detach),
		TEST(test_transactions_clash),
		TEST(test_nonsense),
		TEST(test_storm),
		TEST(test_rate),
		TEST(test_limits),
		TEST(test_addresses),
		TEST(test_hvm),
		TEST(test_page_of_pv),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
