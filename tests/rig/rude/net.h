/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to svnic_rudenet.ko: a frontend of netif, without a network interface,
 * that knows how an honest one works and then does what none would do.
 *
 * One device, one thread, which polls; its event channels are bound to no
 * interrupt.  Another thread exists for as long as it rewrites published slots
 * (net_ring.c).
 */
#ifndef SVNIC_RUDE_NET_H
#define SVNIC_RUDE_NET_H

#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <xen/grant_table.h>
#include <xen/page.h>
#include <xen/xenbus.h>
#include <xen/interface/io/netif.h>

#define NET_WAIT_MS 5000 /* some of it for a busy machine */

#define NET_DATA    8u	       /* pages for frames */
#define NET_RX	    8u	       /* pages for what comes */
#define NET_NOWHERE 0x7ffffffu /* a gref beyond any grant table */
#define NET_FRAME   60u	       /* octets of an honest frame */

/* Shared pages, by their place. */
enum {
	NET_TX_RING,
	NET_RX_RING,
	NET_CTRL_RING,
	NET_LIST, /* what control messages name */
	NET_PAGE,
	NET_READ_ONLY = NET_PAGE + NET_DATA, /* the backend may not write it */
	NET_RX_PAGE,
	NET_PAGES = NET_RX_PAGE + NET_RX
};

struct rudenet {
	struct xenbus_device *dev;
	struct task_struct *thread;
	enum xenbus_state peer; /* written by the watch only */
	u8 mac[ETH_ALEN];
	bool is_split; /* the next connection has a port for each ring */
	void *page[NET_PAGES];
	grant_ref_t ref[NET_PAGES]; /* 0: not granted */
	evtchn_port_t port[3];	    /* tx, rx, control */
	struct xen_netif_tx_front_ring tx;
	struct xen_netif_rx_front_ring rx;
	struct xen_netif_ctrl_front_ring ctrl;
	unsigned int passed;
	unsigned int failed;
	char came[160]; /* what was expected, and what came; or "" */
};

/* A key that is written, or left out, in place of the honest one. */
struct net_lie {
	const char *key;
	const char *value; /* NULL: not written */
};

/* Poll for @condition, for @ms at most; its last value. */
#define net_poll(condition, ms)                                              \
	({                                                                   \
		unsigned long end_ = jiffies + msecs_to_jiffies(ms);         \
		bool is_;                                                    \
		while (!(is_ = (condition)) && time_before(jiffies, end_) && \
		       !kthread_should_stop())                               \
			usleep_range(200, 500);                              \
		is_;                                                         \
	})
#define net_wait(condition) net_poll(condition, NET_WAIT_MS)

static inline enum xenbus_state net_peer(const struct rudenet *n)
{
	return READ_ONCE(n->peer);
}

/* net_main.c */
/* Is @got what was expected?  If not, it is noted for net_score(). */
bool net_is(struct rudenet *n, const char *what, u32 want, u32 got);
/* One line for an attack; @as_expected, and nothing was noted meanwhile. */
void net_score(struct rudenet *n, const char *name, bool as_expected);

/* net_front.c */
/*
 * Up to Connected on both sides, after net_reset() where that is due.  @lie may
 * be NULL.
 */
int net_connect(struct rudenet *n, const struct net_lie *lie);
/* The same without waiting for the other side's last step. */
int net_announce(struct rudenet *n, const struct net_lie *lie);
/* 0 when the backend is in @state, -ENOTCONN when it closes instead. */
int net_await(struct rudenet *n, enum xenbus_state state);
/*
 * Close, take back every grant and port, and be Initialising again, whatever
 * the backend did before.  false: something stays in use, or it does not follow.
 */
bool net_reset(struct rudenet *n);
/* All pages and ports; how many grants are still in use. */
unsigned int net_forget(struct rudenet *n);
/* Did the backend close, and does it say why? */
bool net_is_closed(struct rudenet *n);
void net_notify(struct rudenet *n, unsigned int port);

/* net_tx.c */
/* Put one request on the ring, not yet published. */
void net_tx_put(struct rudenet *n, const struct xen_netif_tx_request *req);
/* Publish and ring. */
void net_tx_push(struct rudenet *n);
/* The next response; false: none came. */
bool net_tx_take(struct rudenet *n, struct xen_netif_tx_response *rsp);
/* A broadcast in the first data page; its request, to change and to put. */
struct xen_netif_tx_request net_frame(struct rudenet *n, unsigned int len);
/* Does an honest frame go out? */
bool net_works(struct rudenet *n);
void net_attack_tx(struct rudenet *n);

/* net_rx.c, net_ring.c, net_keys.c, net_ctrl.c */
void net_attack_rx(struct rudenet *n);
void net_attack_ring(struct rudenet *n);
void net_attack_keys(struct rudenet *n);
void net_attack_ctrl(struct rudenet *n);

#endif /* SVNIC_RUDE_NET_H */
