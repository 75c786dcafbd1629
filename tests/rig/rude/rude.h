/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to svnic_rude.ko: a frontend that knows how an honest one connects,
 * and then does what no honest one would do.
 *
 * Each device has one thread, which does everything and polls: it never binds
 * its event channels to an interrupt.  Nothing but the backend's state is
 * written elsewhere.
 */
#ifndef SVNIC_RUDE_H
#define SVNIC_RUDE_H

#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <xen/grant_table.h>
#include <xen/page.h>
#include <xen/xenbus.h>
#include <xen/interface/io/netif.h>
#include <svnic/abi.h>
#include <svnic/order.h>
#include <svnic/ring.h>

#define RUDE_WAIT_MS 5000	     /* some of it for a busy machine */
#define RUDE_ORDER   SVNIC_MIN_ORDER /* of both rings */
#define RUDE_RING    (1u << RUDE_ORDER)

/* Our pages; the index of each is its place here. */
enum {
	RUDE_AREA, /* control page, tx ring, rx buffers, rx completions */
	RUDE_TX = 4,
	RUDE_RX = 8,
	RUDE_READ_ONLY = 10,
	RUDE_VICTIM = 11, /* withdrawn at the worst moment */
	RUDE_PAGES = 12
};

#define RUDE_UNUSED 1000u /* an index that never names a page */

struct rude {
	struct xenbus_device *dev;
	struct task_struct *thread;
	enum xenbus_state peer; /* written by the watch only */
	u32 max_pages;
	unsigned long frame; /* of the doorbell page */
	u8 mac[ETH_ALEN];
	struct svnic_doorbell __iomem *bell;
	u32 kick;
	u32 reset;
	struct xen_netif_ctrl_front_ring ring;
	grant_ref_t ring_ref;
	struct svnic_gref_entry *list; /* a page */
	grant_ref_t list_ref;
	evtchn_port_t port;
	u16 next_id; /* of the request that is put on the ring next */
	u16 answers; /* id of the response that comes next */
	void *mem;   /* RUDE_PAGES pages */
	grant_ref_t ref[RUDE_PAGES];
	evtchn_port_t queue_port;
	struct svnic_txq tx;
	struct svnic_rxq rx;
	unsigned int passed;
	unsigned int failed;
	char came[160]; /* what was expected, and what came; or "" */
};

/* Poll for @condition, for RUDE_WAIT_MS at most; its last value. */
#define rude_wait(condition)                                                   \
	({                                                                     \
		unsigned long end_ = jiffies + msecs_to_jiffies(RUDE_WAIT_MS); \
		bool is_;                                                      \
		while (!(is_ = (condition)) && time_before(jiffies, end_) &&   \
		       !kthread_should_stop())                                 \
			usleep_range(200, 500);                                \
		is_;                                                           \
	})

/* The backend's state. */
static inline enum xenbus_state rude_peer(const struct rude *r)
{
	return READ_ONCE(r->peer);
}

/* main.c */
/* Is @got what was expected?  If not, it is noted for rude_score(). */
bool rude_is(struct rude *r, const char *what, u32 want, u32 got);
/* One line for an attack; @as_expected, and nothing was noted meanwhile. */
void rude_score(struct rude *r, const char *name, bool as_expected);

/* front.c */
/* Up to Connected on both sides, with a doorbell. */
int rude_connect(struct rude *r);
/* The same without waiting for the other side. */
int rude_announce(struct rude *r);
/* 0 when the backend is in @state, -ENOTCONN when it closes instead. */
int rude_await(struct rude *r, enum xenbus_state state);
/* Give everything back; idempotent.  How many grants are still in use. */
unsigned int rude_forget(struct rude *r);
/* Put a request on the ring. */
void rude_post(struct rude *r, u16 type, u32 a, u32 b, u32 c);
/* The next response; its status, or -ETIMEDOUT, -EPROTO, as a u32. */
u32 rude_answer(struct rude *r, u32 *data);
/* Both.  @data may be NULL. */
u32 rude_ask(struct rude *r, u16 type, u32 a, u32 b, u32 c, u32 *data);
void rude_notify(struct rude *r);

/* queue.c */
/* A page of ours, readable only or not; a gref or -errno. */
int rude_grant(struct rude *r, unsigned int page, bool read_only);
/* Grant and register a run of our pages; a status. */
u32 rude_pages_add(struct rude *r, u32 first, u32 count);
/* Withdraw them and end their grants; a status. */
u32 rude_pages_del(struct rude *r, u32 first, u32 count);
u32 rude_queue_start(struct rude *r);
u32 rude_queue_stop(struct rude *r);
void *rude_page(const struct rude *r, unsigned int page);
struct svnic_queue_ctrl *rude_ctrl(const struct rude *r);
void rude_kick(struct rude *r);
/* Restart the queue by the doorbell (abi.md 7); false: no answer. */
bool rude_reset(struct rude *r);
/* Publish @nr descriptors and ring. */
void rude_send(struct rude *r, const struct svnic_tx_desc *d, unsigned int nr);
/* A broadcast frame of @len octets in the first tx page, and its descriptor. */
struct svnic_tx_desc rude_frame(struct rude *r, unsigned int len);
/* Were all descriptors returned, by a queue that goes on? */
bool rude_is_sent(struct rude *r);
/* Does the queue stop for @verdict? */
bool rude_is_stopped(struct rude *r, enum svnic_verdict verdict);
/* Restart the queue: is it as good as new? */
bool rude_is_well(struct rude *r);

/* attack_*.c */
void rude_attack_ctrl(struct rude *r);
void rude_attack_list(struct rude *r);
void rude_attack_start(struct rude *r);
void rude_attack_queue(struct rude *r);
void rude_attack_window(struct rude *r);
void rude_attack_frame(struct rude *r);
/* The index of the control ring jumps by @jump; ends the vif. */
bool rude_attack_index(struct rude *r, u32 jump);

#endif /* SVNIC_RUDE_H */
