/* SPDX-License-Identifier: GPL-2.0-only */
/* See svnicd_dom0.h. */
#include "fakes/svnicd_dom0.h"
#include "xen/guest.h"
#include "xen/start.h"
#include "xen/store.h"

#include <string.h>

#include <event2/event.h>

static struct dom0_world the;
static char page[4096] __attribute__((aligned(4096)));

static int card_create(struct platform *platform,
		       const struct svnic_vif_config *config, uint64_t cookie,
		       unsigned int *nr)
{
	(void)platform;
	(void)config;
	(void)cookie;
	the.on_card[the.want_nr] = true;
	*nr = the.want_nr;
	return 0;
}

static int card_destroy(struct platform *platform, unsigned int nr)
{
	(void)platform;
	the.on_card[nr] = false;
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
	the.d.tenants_known = true;
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

/* Each node by itself; test_batch has the other way. */
const char *xs_daemon_socket(void)
{
	return NULL;
}

xc_interface *dom0_xc(struct platform *platform)
{
	return (xc_interface *)platform;
}

static void leave_on_card(struct dom0_world *w)
{
	w->d.left = calloc(1, sizeof(*w->d.left));
	assert_non_null(w->d.left);
	w->d.nr_left = 1;
	w->d.left->nr = w->left_nr;
	w->d.left->cookie = 3ull << 32;
	w->on_card[w->left_nr] = true;
}

void dom0_daemon_up(struct dom0_world *w)
{
	char why[PLATFORM_REASON];
	unsigned int i;

	memset(&w->d, 0, sizeof(w->d));
	memset(&w->p, 0, sizeof(w->p));
	TAILQ_INIT(&w->d.vifs);
	LIST_INIT(&w->d.captures);
	TAILQ_INIT(&w->p.guests);
	TAILQ_INIT(&w->p.marked);
	assert_int_equal(config_init(&w->d.config), 0);
	w->d.base = event_base_new();
	w->d.ops = &ops;
	w->d.platform = &w->p;
	w->d.has_card = true;
	w->p.base = w->d.base;
	w->p.up = &up;
	w->p.core = &w->d;
	w->p.info.doorbell = 1000;
	/* Nothing is read from there: there is no socket for the batch. */
	strcpy(w->p.memo_dir, w->run ? w->run : "/dev/null/nowhere");
	if (w->left_nr)
		leave_on_card(w);
	assert_int_equal(store_open(&w->p, why), 0);
	if (w->standby)
		w->standby(w);
	assert_int_equal(start_begin(&w->p), 0);
	for (i = 0; i < 64 && !w->d.tenants_known; i++)
		event_base_loop(w->d.base, EVLOOP_ONCE);
	assert_true(w->d.tenants_known);
}

void dom0_daemon_down(struct dom0_world *w)
{
	struct vif *vif;

	while ((vif = TAILQ_FIRST(&w->d.vifs))) {
		TAILQ_REMOVE(&w->d.vifs, vif, link);
		vif_free(vif);
	}
	start_end(&w->p);
	store_close(&w->p);
	config_fini(&w->d.config);
	free(w->d.left);
	if (w->d.retry)
		event_free(w->d.retry);
	event_base_free(w->d.base);
}

void dom0_pump(struct dom0_world *w)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		event_base_loop(w->d.base, EVLOOP_NONBLOCK);
}

int dom0_begin(void **state)
{
	log_init(LOG_LEVEL_ERR);
	fake_store_reset();
	memset(&the, 0, sizeof(the));
	memset(&fake_hypervisor, 0, sizeof(fake_hypervisor));
	memset(page, 0, sizeof(page));
	memset(&fake_netif, 0, sizeof(fake_netif));
	the.want_nr = 1;
	fake_hypervisor.page = page;
	dom0_daemon_up(&the);
	*state = &the;
	return 0;
}

int dom0_end(void **state)
{
	dom0_daemon_down(*state);
	fake_store_reset();
	return 0;
}

void dom0_xl_attach(struct dom0_world *w, const char *bridge,
		    const char *script)
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
	dom0_pump(w);
}

void dom0_guest_connects(struct dom0_world *w)
{
	fake_store_set(FE "/svnic-version", "65536");
	fake_store_set(FE "/ctrl-ring-ref", "8");
	fake_store_set(FE "/event-channel-ctrl", "9");
	fake_store_set(FE "/state", "4");
	dom0_pump(w);
}

void dom0_connected(struct dom0_world *w)
{
	dom0_xl_attach(w, "net0", "/etc/xen/scripts/vif-svnic");
	assert_string_equal(fake_store_get(BE "/state"), "2");
	fake_store_set(BE "/hotplug-status", "connected");
	dom0_guest_connects(w);
	assert_string_equal(fake_store_get(BE "/state"), "4");
}

void dom0_stock_connects(struct dom0_world *w)
{
	fake_store_set(FE "/tx-ring-ref", "8");
	fake_store_set(FE "/rx-ring-ref", "9");
	fake_store_set(FE "/event-channel-tx", "10");
	fake_store_set(FE "/event-channel-rx", "11");
	fake_store_set(FE "/request-rx-copy", "1");
	fake_store_set(FE "/state", "4");
	dom0_pump(w);
}

void dom0_xl_detach(struct dom0_world *w)
{
	fake_store_set(BE "/online", "0");
	fake_store_set(BE "/state", "5");
	dom0_pump(w);
}

void dom0_xl_remove(struct dom0_world *w)
{
	fake_store_set(FE, NULL);
	fake_store_set(BE, NULL);
	dom0_pump(w);
}
