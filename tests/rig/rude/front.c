// SPDX-License-Identifier: GPL-2.0-only
/*
 * How to be a frontend: keys, states, control ring, doorbell.  As svnic_front
 * does it, without its patience.
 */
#include <linux/err.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <xen/events.h>
#include "rude.h"

static int offer_read(struct rude *r)
{
	const char *dir = r->dev->otherend;
	char *mac;
	int err = 0;

	r->max_pages = xenbus_read_unsigned(dir, SVNIC_KEY_MAX_PAGES, 0);
	r->frame = xenbus_read_unsigned(dir, SVNIC_KEY_DOORBELL, 0);
	mac = xenbus_read(XBT_NIL, r->dev->nodename, "mac", NULL);
	if (IS_ERR(mac))
		return PTR_ERR(mac);
	if (!r->max_pages || !r->frame || !mac_pton(mac, r->mac))
		err = -ENOENT;
	kfree(mac);
	return err;
}

/* A zeroed page that the backend may read and write. */
static void *page_share(struct rude *r, grant_ref_t *ref)
{
	unsigned long page = get_zeroed_page(GFP_KERNEL);
	int err;

	if (!page)
		return NULL;
	err = gnttab_grant_foreign_access((domid_t)r->dev->otherend_id,
					  virt_to_gfn(page), 0);
	if (err < 0) {
		free_page(page);
		return NULL;
	}
	*ref = (grant_ref_t)err;
	return (void *)page;
}

static int ring_open(struct rude *r)
{
	struct xen_netif_ctrl_sring *sring = page_share(r, &r->ring_ref);

	if (!sring)
		return -ENOMEM;
	SHARED_RING_INIT(sring);
	FRONT_RING_INIT(&r->ring, sring, XEN_PAGE_SIZE);
	r->list = page_share(r, &r->list_ref);
	r->mem = alloc_pages_exact(RUDE_PAGES * PAGE_SIZE,
				   GFP_KERNEL | __GFP_ZERO);
	if (!r->list || !r->mem)
		return -ENOMEM;
	return xenbus_alloc_evtchn(r->dev, &r->port);
}

static int keys_write(struct rude *r)
{
	const char *dir = r->dev->nodename;
	int err;

	err = xenbus_printf(XBT_NIL, dir, SVNIC_KEY_DIRECT, "%u",
			    SVNIC_ABI_VERSION);
	if (!err)
		err = xenbus_printf(XBT_NIL, dir, SVNIC_KEY_CTRL_RING, "%u",
				    r->ring_ref);
	if (!err)
		err = xenbus_printf(XBT_NIL, dir, SVNIC_KEY_CTRL_EVENT, "%u",
				    r->port);
	return err;
}

static bool is_settled(const struct rude *r, enum xenbus_state state)
{
	enum xenbus_state peer = rude_peer(r);

	return peer == state ||
	       (peer >= XenbusStateClosing && state < XenbusStateClosing);
}

int rude_await(struct rude *r, enum xenbus_state state)
{
	unsigned int n;

	for (n = 0; n < 5 && !kthread_should_stop(); n++)
		if (rude_wait(is_settled(r, state)))
			return rude_peer(r) == state ? 0 : -ENOTCONN;
	return -ETIMEDOUT;
}

int rude_announce(struct rude *r)
{
	int err;

	err = rude_await(r, XenbusStateInitWait);
	if (!err)
		err = offer_read(r);
	if (!err)
		err = ring_open(r);
	if (!err)
		err = keys_write(r);
	if (!err)
		err = xenbus_switch_state(r->dev, XenbusStateConnected);
	return err;
}

int rude_connect(struct rude *r)
{
	u32 word;
	int err = rude_announce(r);

	if (!err)
		err = rude_await(r, XenbusStateConnected);
	if (err)
		return err;
	r->bell = ioremap((phys_addr_t)r->frame << PAGE_SHIFT, SVNIC_PAGE_SIZE);
	if (!r->bell)
		return -ENOMEM;
	/* Only the first access tells whether Xen took the mapping. */
	return copy_from_kernel_nofault(&word, (__force void *)r->bell,
					sizeof(word));
}

static void page_unshare(void *page, grant_ref_t ref)
{
	if (page)
		gnttab_end_foreign_access(ref, virt_to_page(page));
}

static unsigned int memory_forget(struct rude *r)
{
	unsigned int i, used = 0;

	if (!r->mem)
		return 0;
	for (i = 0; i < RUDE_PAGES; i++) {
		struct page *page = virt_to_page(rude_page(r, i));

		if (!r->ref[i]) {
			__free_page(page);
		} else if (gnttab_try_end_foreign_access(r->ref[i])) {
			__free_page(page);
		} else {
			gnttab_end_foreign_access(r->ref[i], page);
			used++;
		}
		r->ref[i] = 0;
	}
	r->mem = NULL;
	return used;
}

unsigned int rude_forget(struct rude *r)
{
	unsigned int used = memory_forget(r);

	if (r->bell)
		iounmap(r->bell);
	r->bell = NULL;
	page_unshare(r->list, r->list_ref);
	r->list = NULL;
	page_unshare(r->ring.sring, r->ring_ref);
	r->ring.sring = NULL;
	if (r->port)
		xenbus_free_evtchn(r->dev, r->port);
	if (r->queue_port)
		xenbus_free_evtchn(r->dev, r->queue_port);
	r->port = 0;
	r->queue_port = 0;
	return used;
}

void rude_notify(struct rude *r)
{
	notify_remote_via_evtchn(r->port);
}

void rude_post(struct rude *r, u16 type, u32 a, u32 b, u32 c)
{
	struct xen_netif_ctrl_request *req;
	int notify;

	req = RING_GET_REQUEST(&r->ring, r->ring.req_prod_pvt);
	req->id = r->next_id++;
	req->type = type;
	req->data[0] = a;
	req->data[1] = b;
	req->data[2] = c;
	r->ring.req_prod_pvt++;
	/* Pairs with take() and arm() in backend/svnicd/xen/ring.c. */
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&r->ring, notify);
	if (notify)
		rude_notify(r);
}

u32 rude_answer(struct rude *r, u32 *data)
{
	struct xen_netif_ctrl_response rsp;

	if (!rude_wait(READ_ONCE(r->ring.sring->rsp_prod) != r->ring.rsp_cons))
		return (u32)-ETIMEDOUT;
	/* Pairs with answer() in backend/svnicd/xen/ring.c. */
	virt_rmb();
	RING_COPY_RESPONSE(&r->ring, r->ring.rsp_cons, &rsp);
	r->ring.rsp_cons++;
	if (rsp.id != r->answers++)
		return (u32)-EPROTO;
	if (data)
		*data = rsp.data;
	return rsp.status;
}

u32 rude_ask(struct rude *r, u16 type, u32 a, u32 b, u32 c, u32 *data)
{
	rude_post(r, type, a, b, c);
	return rude_answer(r, data);
}
