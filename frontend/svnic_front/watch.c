// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watches on single nodes that the backend changes while it is Connected.
 * They only say that it is time to look; but a withdrawn direct path takes the
 * frames off the card at once, for it may be gone already.
 */
#include <linux/slab.h>
#include "svnic_front.h"

static void touched(struct xenbus_watch *watch, const char *path,
		    const char *token)
{
	struct front_watch *w = container_of(watch, struct front_watch, watch);
	struct svnic_front *f = w->front;

	if (w == &f->watch_offer && READ_ONCE(f->direct.on) &&
	    !svnic_front_is_same(f)) {
		WRITE_ONCE(f->direct.diverted, true);
		svnic_net_divert(f->net);
	}
	mod_delayed_work(system_freezable_wq, &f->work, 0);
}

static void watch_close(struct front_watch *w)
{
	if (!w->node[0])
		return;
	/* Waits for a running callback. */
	unregister_xenbus_watch(&w->watch);
	w->node[0] = '\0';
}

static int watch_open(struct svnic_front *f, struct front_watch *w,
		      const char *dir, const char *key)
{
	int r;

	watch_close(w);
	snprintf(w->node, sizeof(w->node), "%s/%s", dir, key);
	w->front = f;
	w->watch.node = w->node;
	w->watch.callback = touched;
	r = register_xenbus_watch(&w->watch);
	if (!r)
		return 0;
	dev_err(&f->dev->dev, "%s cannot be watched: %pe\n", w->node,
		ERR_PTR(r));
	w->node[0] = '\0';
	return r;
}

int svnic_front_watches_open(struct svnic_front *f)
{
	int r;

	r = watch_open(f, &f->watch_offer, f->dev->otherend, SVNIC_KEY_VERSION);
	if (!r)
		r = watch_open(f, &f->watch_link, f->dev->otherend, "carrier");
	if (!r)
		r = watch_open(f, &f->watch_mtu, f->dev->nodename, "mtu");
	if (!r)
		r = watch_open(f, &f->watch_staging, f->dev->otherend,
			       SVNIC_KEY_STAGING);
	return r;
}

void svnic_front_watches_close(struct svnic_front *f)
{
	watch_close(&f->watch_offer);
	watch_close(&f->watch_link);
	watch_close(&f->watch_mtu);
	watch_close(&f->watch_staging);
}
