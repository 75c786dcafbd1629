/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See svnicd_platform.h.
 */
#include "svnicd_platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include <svnic/order.h>

#include "svnicd_netif.h"

static const char fake_name[] = "guest";

static struct fake_vif *used(struct platform *p, unsigned int nr)
{
	p->nr_calls++;
	return nr < FAKE_VIFS && p->vif[nr].used ? &p->vif[nr] : NULL;
}

static int card_info(struct platform *p, struct platform_card *info)
{
	(void)p;
	memset(info, 0, sizeof(*info));
	strcpy(info->name, "fake");
	info->version = SVNIC_ABI_VERSION;
	info->features = SVNIC_F_CSUM | SVNIC_F_MONITOR;
	info->status = SVNIC_STATUS_READY;
	info->ports = 1;
	info->max_vifs = FAKE_VIFS;
	info->own_vif = SVNIC_VIF_NONE;
	return 0;
}

static int port_query(struct platform *p, unsigned int port,
		      struct svnic_port_info *info)
{
	(void)p;
	memset(info, 0, sizeof(*info));
	snprintf(info->name, sizeof(info->name), "wire%u", port);
	info->up = 1;
	info->mtu = 1500;
	return 0;
}

static int vif_list(struct platform *p, struct platform_vif *list,
		    unsigned int max)
{
	unsigned int n = 0;
	unsigned int i;

	for (i = 0; i < FAKE_VIFS && n < max; i++) {
		if (!p->vif[i].used)
			continue;
		list[n].nr = i;
		list[n].cookie = p->vif[i].cookie;
		list[n].queues = p->vif[i].queues;
		list[n].nr_pages = p->vif[i].nr_pages;
		n++;
	}
	return (int)n;
}

static int fake_vif_create(struct platform *p,
			   const struct svnic_vif_config *config,
			   uint64_t cookie, unsigned int *nr)
{
	unsigned int i;

	if (p->create_result)
		return p->create_result;
	for (i = 0;
	     i < FAKE_VIFS && !(svnic_cpu32(config->flags) & SVNIC_VIF_MONITOR);
	     i++)
		if (p->vif[i].used &&
		    memcmp(p->vif[i].config.mac, config->mac, 6) == 0)
			return SVNIC_ST_MAC_IN_USE;
	for (i = 0; i < FAKE_VIFS && p->vif[i].used; i++)
		;
	if (i == FAKE_VIFS)
		return SVNIC_ST_NO_VIFS;
	memset(&p->vif[i], 0, sizeof(p->vif[i]));
	p->vif[i].used = true;
	p->vif[i].cookie = cookie;
	p->vif[i].config = *config;
	*nr = i;
	return 0;
}

static int fake_vif_destroy(struct platform *p, unsigned int nr)
{
	struct fake_vif *v = used(p, nr);

	if (!v)
		return SVNIC_ST_NO_VIF;
	v->used = false;
	return 0;
}

static int fake_vif_set(struct platform *p, unsigned int nr,
			const struct svnic_vif_config *config)
{
	struct fake_vif *v = used(p, nr);

	if (!v || p->set_result)
		return v ? p->set_result : SVNIC_ST_NO_VIF;
	v->config = *config;
	return 0;
}

static int fake_vif_query(struct platform *p, unsigned int nr,
			  struct svnic_vif_info *info)
{
	struct fake_vif *v = used(p, nr);
	unsigned int q;

	if (!v)
		return SVNIC_ST_NO_VIF;
	memset(info, 0, sizeof(*info));
	info->config = v->config;
	info->nr_pages = v->nr_pages;
	info->stats = p->stats;
	for (q = 0; q < SVNIC_MAX_QUEUES; q++)
		if (v->queues & 1u << q)
			info->queue[q].state = SVNIC_QUEUE_RUNNING;
	return 0;
}

static int pages_add(struct platform *p, unsigned int nr, struct tenant *tenant,
		     uint32_t first, const struct svnic_gref_entry *entries,
		     uint32_t count, uint32_t *failed)
{
	struct fake_vif *v = used(p, nr);

	(void)tenant;
	(void)entries;
	if (!v)
		return SVNIC_ST_NO_VIF;
	*failed = p->add_result ? 7 : 0;
	if (p->add_result)
		return p->add_result;
	p->first = first;
	p->count = count;
	v->nr_pages += count;
	return 0;
}

static int pages_del(struct platform *p, unsigned int nr, uint32_t first,
		     uint32_t count)
{
	struct fake_vif *v = used(p, nr);
	uint32_t n;

	if (!v)
		return -ENOENT;
	p->first = first;
	p->count = count;
	n = count < v->nr_pages ? count : v->nr_pages;
	v->nr_pages -= n;
	return (int)n;
}

static int queue_start(struct platform *p, unsigned int nr, unsigned int queue,
		       struct tenant *tenant, uint32_t port,
		       const struct svnic_queue_config *config)
{
	struct fake_vif *v = used(p, nr);

	(void)tenant;
	if (!v || p->start_result)
		return v ? p->start_result : SVNIC_ST_NO_VIF;
	v->queues |= 1u << queue;
	p->queue_config = *config;
	p->port = port;
	return 0;
}

static int queue_stop(struct platform *p, unsigned int nr, unsigned int queue)
{
	struct fake_vif *v = used(p, nr);

	if (!v || !(v->queues & 1u << queue))
		return SVNIC_ST_NO_QUEUE;
	v->queues &= ~(1u << queue);
	return 0;
}

static int rss_set(struct platform *p, unsigned int nr,
		   const struct svnic_rss *rss)
{
	struct fake_vif *v = used(p, nr);

	if (!v || p->rss_result)
		return v ? p->rss_result : SVNIC_ST_NO_VIF;
	p->card_rss = *rss;
	return 0;
}

static int source_set(struct platform *p, unsigned int nr,
		      const struct svnic_source *list)
{
	struct fake_vif *v = used(p, nr);

	if (!v || p->source_result)
		return v ? p->source_result : SVNIC_ST_NO_VIF;
	v->source = *list;
	return 0;
}

static int groups_set(struct platform *p, unsigned int nr,
		      const struct svnic_groups *list)
{
	struct fake_vif *v = used(p, nr);

	if (!v)
		return SVNIC_ST_NO_VIF;
	v->groups = *list;
	v->nr_groups_set++;
	return 0;
}

static int pages_alloc(struct platform *p, unsigned int nr, uint32_t first,
		       uint32_t count, void **mem)
{
	(void)first;
	if (!used(p, nr))
		return SVNIC_ST_NO_VIF;
	*mem = calloc(count, SVNIC_PAGE_SIZE);
	return *mem ? 0 : -ENOMEM;
}

static void pages_free(struct platform *p, unsigned int nr, uint32_t first,
		       uint32_t count, void *mem)
{
	(void)p;
	(void)nr;
	(void)first;
	(void)count;
	free(mem);
}

static int doorbell_map(struct platform *p, unsigned int nr,
			struct svnic_doorbell **doorbell)
{
	(void)p;
	(void)nr;
	*doorbell = calloc(1, SVNIC_PAGE_SIZE);
	return *doorbell ? 0 : -ENOMEM;
}

static void doorbell_unmap(struct platform *p, struct svnic_doorbell *doorbell)
{
	(void)p;
	free(doorbell);
}

static int tenant_offer(struct platform *p, struct tenant *t,
			const struct platform_offer *offer)
{
	if (!p->offer_result) {
		t->offered = true;
		t->epoch = offer->epoch;
	}
	return p->offer_result;
}

static void tenant_withdraw(struct platform *p, struct tenant *t)
{
	(void)p;
	t->offered = false;
}

static void tenant_state(struct platform *p, struct tenant *t,
			 enum peer_state state)
{
	size_t n = strlen(t->states);

	(void)p;
	t->state = state;
	if (n + 1 < sizeof(t->states))
		t->states[n] = (char)('0' + state);
}

static void tenant_reason(struct platform *p, struct tenant *t,
			  const char *reason)
{
	(void)p;
	snprintf(t->reason, sizeof(t->reason), "%s", reason ? reason : "");
}

static void tenant_key(struct platform *p, struct tenant *t, const char *key,
		       const char *value)
{
	(void)p;
	snprintf(t->key, sizeof(t->key), "%s=%s", key, value ? value : "-");
}

static int tenant_keys(struct platform *p, struct tenant *t,
		       const struct netif_key *keys, size_t count)
{
	size_t i;

	(void)p;
	for (i = 0; i < count; i++) {
		if (strcmp(keys[i].name, "carrier") == 0)
			t->carrier = keys[i].value[0];
		else if (strcmp(keys[i].name, "feature-rx-copy") == 0)
			t->keyed = keys[i].value;
		else if (keys[i].value)
			tenant_key(p, t, keys[i].name, keys[i].value);
	}
	return 0;
}

static bool tenant_sleeps(struct platform *p, struct tenant *t)
{
	(void)p;
	return t->asleep;
}

static char *tenant_read(struct platform *p, struct tenant *t, const char *key)
{
	bool number = strstr(key, "-ref") || strncmp(key, "event", 5) == 0 ||
		      strcmp(key, "request-rx-copy") == 0;

	(void)p;
	return t->rings && number ? strdup("1") : NULL;
}

static int tenant_connect(struct platform *p, struct tenant *t, char *why)
{
	if (p->connect_result)
		strcpy(why, "no driver");
	else
		t->connected = true;
	return p->connect_result;
}

static void tenant_disconnect(struct platform *p, struct tenant *t)
{
	(void)p;
	t->connected = false;
}

static int tenant_copy(struct platform *p, struct tenant *t, uint32_t gref,
		       void *mem, uint32_t len)
{
	(void)t;
	(void)gref;
	if (!p->list_result)
		memcpy(mem, p->list, len);
	return p->list_result;
}

static const char *tenant_name(struct platform *p, struct tenant *t)
{
	p->nr_names++;
	return t->name ? t->name : fake_name;
}

static void tenant_destroy(struct platform *p, struct tenant *t)
{
	(void)p;
	t->destroyed = true;
}

const struct platform_ops fake_ops = {
	.name = "fake",
	.card_info = card_info,
	.port_query = port_query,
	.vif_list = vif_list,
	.vif_create = fake_vif_create,
	.vif_destroy = fake_vif_destroy,
	.vif_set = fake_vif_set,
	.vif_query = fake_vif_query,
	.pages_add = pages_add,
	.pages_del = pages_del,
	.queue_start = queue_start,
	.queue_stop = queue_stop,
	.rss_set = rss_set,
	.source_set = source_set,
	.groups_set = groups_set,
	.pages_alloc = pages_alloc,
	.pages_free = pages_free,
	.doorbell_map = doorbell_map,
	.doorbell_unmap = doorbell_unmap,
	.tenant_offer = tenant_offer,
	.tenant_withdraw = tenant_withdraw,
	.tenant_state = tenant_state,
	.tenant_reason = tenant_reason,
	.tenant_key = tenant_key,
	.tenant_keys = tenant_keys,
	.tenant_sleeps = tenant_sleeps,
	.tenant_read = tenant_read,
	.tenant_connect = tenant_connect,
	.tenant_disconnect = tenant_disconnect,
	.tenant_copy = tenant_copy,
	.tenant_name = tenant_name,
	.tenant_destroy = tenant_destroy,
};

const struct platform_ops *platform_xen(void)
{
	return NULL;
}

const struct platform_ops *platform_local(void)
{
	return NULL;
}

void fake_daemon_init(struct daemon *d, struct platform *p)
{
	memset(d, 0, sizeof(*d));
	memset(p, 0, sizeof(*p));
	memset(&fake_netif, 0, sizeof(fake_netif));
	TAILQ_INIT(&d->vifs);
	LIST_INIT(&d->captures);
	d->base = event_base_new();
	d->ops = &fake_ops;
	d->platform = p;
	d->has_card = true;
	strcpy(d->no_card, "no card");
	if (!d->base || config_init(&d->config) || card_info(p, &d->card))
		abort();
	/* Errors are what these tests are about; the log says too much. */
	log_init(LOG_LEVEL_ERR);
}

void fake_daemon_fini(struct daemon *d)
{
	struct vif *vif;

	while ((vif = TAILQ_FIRST(&d->vifs)))
		vif_destroy(vif);
	if (d->retry)
		event_free(d->retry);
	event_base_free(d->base);
	config_fini(&d->config);
	free(d->left);
}

struct platform_request fake_request(unsigned int devid)
{
	static char name[16];
	static char mac[TEXT_MAC];
	struct platform_request r = {
		.cookie = 3ull << 32 | devid,
		.name = name,
		.mac = mac,
		.network = "net0",
		.state = PEER_INITIALISING,
	};

	snprintf(name, sizeof(name), "3.%u", devid);
	snprintf(mac, sizeof(mac), "00:16:3e:00:00:%02x", devid & 0xff);
	return r;
}

struct vif *fake_vif(struct daemon *d, struct tenant *t, unsigned int devid)
{
	struct platform_request r = fake_request(devid);

	memset(t, 0, sizeof(*t));
	return vif_create(d, t, &r);
}
