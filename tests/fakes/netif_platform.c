/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See netif_platform.h.  Also vif_peer_fault(), which ends the netif as the
 * life cycle does.
 */
#include "fakes/netif_platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netif/priv.h"
#include "platform_turn.h"

void world_check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "netif_world: %s\n", what);
	abort();
}

static char *tenant_read(struct platform *p, struct tenant *t, const char *key)
{
	unsigned int i;

	(void)t;
	for (i = 0; i < WORLD_KEYS; i++)
		if (p->w->key[i].value && strcmp(p->w->key[i].key, key) == 0)
			return strdup(p->w->key[i].value);
	return NULL;
}

static int tenant_keys(struct platform *p, struct tenant *t,
		       const struct netif_key *keys, size_t count)
{
	size_t i;

	(void)t;
	for (i = 0; i < count; i++)
		world_set(p->w, keys[i].name, keys[i].value);
	return 0;
}

static bool is_granted(const struct world *w, uint32_t gref)
{
	return gref > 0 && gref < WORLD_PAGES && !w->revoked[gref];
}

static int grant_map(struct platform *p, struct tenant *t, uint32_t gref,
		     bool writable, void **page)
{
	(void)t;
	(void)writable;
	if (p->w->map_fails && --p->w->map_fails == 0)
		return -ENOMEM;
	if (!is_granted(p->w, gref))
		return -EINVAL;
	p->w->nr_mapped++;
	*page = p->w->page[gref];
	return 0;
}

static void grant_unmap(struct platform *p, void *page)
{
	world_check(page != NULL, "nothing is unmapped");
	p->w->nr_mapped--;
}

/* Does a piece begin in the page that it names? */
static bool is_in_page(struct world *w, const struct platform_copy *c)
{
	bool other = c->nr == WORLD_OTHER;
	struct ownq *q = other ? &w->other->slow : &w->netif->slow;
	char *page = q->buffers +
		     (size_t)(c->page - q->shape.buffers) * SVNIC_PAGE_SIZE;

	world_check(q->nr == c->nr, "a piece of another VIF");
	world_check(c->tenant == (other ? w->other_vif.tenant : w->vif.tenant),
		    "a piece of another guest");
	world_check(c->page >= q->shape.buffers &&
			    c->page - q->shape.buffers < q->shape.nr_buffers,
		    "a piece outside of the buffers");
	return (char *)c->mem >= page &&
	       (char *)c->mem < page + SVNIC_PAGE_SIZE;
}

static void copy_one(struct world *w, struct platform_copy *c)
{
	uint8_t *its;

	world_check(c->len > 0 && c->offset + c->len <= NETIF_PAGE,
		    "a piece leaves its page");
	world_check(c->tenant == w->vif.tenant ||
			    c->tenant == w->other_vif.tenant,
		    "a piece of nobody");
	if (c->page != PLATFORM_ELSEWHERE)
		world_check(is_in_page(w, c), "a piece is not in its page");
	c->failed = !is_granted(w, c->gref);
	if (c->failed)
		return;
	its = w->page[c->gref] + c->offset;
	if (c->to_guest)
		memcpy(its, c->mem, c->len);
	else
		memcpy(c->mem, its, c->len);
}

static void ring(struct world *w, uint32_t port)
{
	world_check(w->port[port].rang != NULL, "no such port is rung");
	w->port[port].notified++;
}

static void unmask(struct world *w, uint32_t port)
{
	struct world_port *o = &w->port[port];

	world_check(o->rang && o->masked,
		    "a port is unmasked that did not ring");
	o->masked = false;
	o->unmasked++;
}

/* As svnic_pf does. */
static void post(struct world *w, const struct platform_turn *t)
{
	struct platform_post *o;
	unsigned int i;
	uint32_t event;

	for (i = 0; i < t->nr_slots; i++)
		memcpy(t->slot[i].at, &t->slot[i].value, 8);
	for (i = 0, o = t->post; i < t->nr_posts; i++, o++) {
		memcpy(o->word, &o->value, sizeof(o->value));
		w->nr_sends += !o->event;
		if (!o->event)
			continue;
		w->nr_posts++;
		memcpy(&event, o->event, sizeof(event));
		o->rung = o->value - event < o->value - o->old;
		if (o->rung)
			ring(w, o->port);
	}
}

static bool copy(struct world *w, const struct platform_turn *t)
{
	bool failed = false;
	unsigned int i;

	if (!t->nr_copies)
		return true;
	w->nr_calls++;
	w->nr_copies += t->nr_copies;
	for (i = 0; i < t->nr_copies; i++) {
		copy_one(w, &t->copy[i]);
		failed |= t->copy[i].failed;
	}
	if (w->while_copying)
		w->while_copying(w);
	return !failed;
}

static void turn(struct platform *p, const struct platform_turn *t)
{
	struct world *w = p->w;
	bool posted;
	unsigned int i;

	for (i = 0; i < t->nr_ring; i++)
		ring(w, t->ring[i]);
	for (i = 0; i < t->nr_unmask; i++)
		unmask(w, t->unmask[i]);
	posted = copy(w, t) && !w->cannot_post;
	if (posted)
		post(w, t);
	if (t->done)
		t->done(t->arg, posted);
	if (!t->wait_ms || (t->nr_copies && !posted))
		return;
	w->nr_waits++;
	w->nr_copy_waits += t->nr_copies > 0;
	if (w->while_waiting)
		w->while_waiting(w);
}

static int port_bind(struct platform *p, struct tenant *t, uint32_t remote,
		     platform_rang_fn rang, void *arg, uint32_t *port)
{
	struct world *w = p->w;

	(void)t;
	if (w->bind_fails && --w->bind_fails == 0)
		return -EINVAL;
	if (remote >= WORLD_PORTS || w->port[remote].rang)
		return -EINVAL;
	w->port[remote].rang = rang;
	w->port[remote].arg = arg;
	w->port[remote].masked = false;
	*port = remote;
	return 0;
}

static void port_unbind(struct platform *p, uint32_t port)
{
	world_check(p->w->port[port].rang != NULL, "a port is unbound twice");
	p->w->port[port].rang = NULL;
}

static int queue_command(struct world *w, unsigned int opcode, unsigned int nr,
			 unsigned int queue,
			 const struct svnic_queue_config *config)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)opcode),
		.vif = svnic_le16((uint16_t)nr),
		.queue = svnic_le16((uint16_t)queue),
	};

	if (config)
		cmd.arg.queue_config = *config;
	return (int)sim_admin(&w->host, &cmd);
}

static int queue_start(struct platform *p, unsigned int nr, unsigned int queue,
		       struct tenant *t, uint32_t port,
		       const struct svnic_queue_config *config)
{
	world_check(!t && !port, "the queue is the daemon's own");
	return queue_command(p->w, SVNIC_OP_QUEUE_START, nr, queue, config);
}

static int queue_stop(struct platform *p, unsigned int nr, unsigned int queue)
{
	return queue_command(p->w, SVNIC_OP_QUEUE_STOP, nr, queue, NULL);
}

static int groups_set(struct platform *p, unsigned int nr,
		      const struct svnic_groups *list)
{
	return (int)sim_groups_set(&p->w->host, nr, list);
}

static void note_pages(struct world *w, uint32_t nr, uint32_t first,
		       uint32_t count, uint32_t page)
{
	unsigned int i;

	for (i = 0; i < 3 && w->left[i].count; i++)
		;
	w->left[i].nr = nr;
	w->left[i].first = first;
	w->left[i].count = count;
	w->left[i].page = page;
}

static void forget_pages(struct world *w, uint32_t nr, uint32_t first,
			 uint32_t count)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		if (w->left[i].nr == nr && w->left[i].first - first < count)
			w->left[i].count = 0;
}

static int pages_alloc(struct platform *p, unsigned int nr, uint32_t first,
		       uint32_t count, void **mem)
{
	struct world *w = p->w;
	uint32_t page = w->next_page;
	int err = -ENOMEM;

	if (!w->no_pages)
		err = (int)sim_pages_map(&w->host, nr, first, page, count);
	if (err)
		return err;
	w->next_page += count;
	note_pages(w, nr, first, count, page);
	world_check(w->next_page * (size_t)SVNIC_PAGE_SIZE <= WORLD_MEMORY,
		    "memory is left");
	*mem = sim_page(&w->host, page);
	memset(*mem, 0, (size_t)count * SVNIC_PAGE_SIZE);
	return 0;
}

/* What names them is as the card was told. */
static int pages_map(struct platform *p, unsigned int nr, uint32_t first,
		     uint32_t count, void **mem)
{
	struct world *w = p->w;
	unsigned int i;

	for (i = 0; i < 4; i++)
		if (w->left[i].nr == nr && w->left[i].count == count &&
		    w->left[i].first == first) {
			*mem = sim_page(&w->host, w->left[i].page);
			return 0;
		}
	return -ENXIO;
}

static void pages_free(struct platform *p, unsigned int nr, uint32_t first,
		       uint32_t count, void *mem)
{
	(void)mem;
	forget_pages(p->w, nr, first, count);
	sim_pages_unmap(&p->w->host, nr, first, count);
}

static int pages_del(struct platform *p, unsigned int nr, uint32_t first,
		     uint32_t count)
{
	uint32_t n;

	forget_pages(p->w, nr, first, count);
	for (; count; first += n, count -= n) {
		n = count < SVNIC_PAGES_BATCH ? count : SVNIC_PAGES_BATCH;
		sim_pages_unmap(&p->w->host, nr, first, n);
	}
	return 0;
}

static int doorbell_map(struct platform *p, unsigned int nr,
			struct svnic_doorbell **doorbell)
{
	(void)p;
	*doorbell = &sim_link(0)->doorbell[nr * SIM_BELLS];
	return 0;
}

static void doorbell_unmap(struct platform *p, struct svnic_doorbell *doorbell)
{
	(void)p;
	(void)doorbell;
}

const struct platform_ops world_ops = {
	.name = "world",
	.queue_start = queue_start,
	.queue_stop = queue_stop,
	.groups_set = groups_set,
	.pages_alloc = pages_alloc,
	.pages_free = pages_free,
	.pages_map = pages_map,
	.pages_del = pages_del,
	.doorbell_map = doorbell_map,
	.doorbell_unmap = doorbell_unmap,
	.tenant_read = tenant_read,
	.tenant_keys = tenant_keys,
	.grant_map = grant_map,
	.grant_unmap = grant_unmap,
	.turn = turn,
	.port_bind = port_bind,
	.port_unbind = port_unbind,
};

/* In place of vif.c: what the life cycle does. */
void vif_peer_fault(struct vif *vif, const char *reason)
{
	struct world *w = vif->d->platform->w;

	snprintf(w->fault, sizeof(w->fault), "%s", reason);
	w->nr_faults++;
	if (vif == &w->other_vif) {
		netif_destroy(w->other);
		w->other = NULL;
	} else {
		netif_destroy(w->netif);
		w->netif = NULL;
	}
}
