/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the netif path share.  netif.c takes turns; in a turn tx.c
 * and rx.c gather pieces to copy from all queues, one call copies them, then
 * both finish what they gathered.
 */
#ifndef SVNICD_NETIF_PRIV_H
#define SVNICD_NETIF_PRIV_H

#include <sys/queue.h>

#include "log.h"
#include "netif/call.h"
#include "netif/groups.h"
#include "netif/hash.h"
#include "netif/netif.h"
#include "netif/sring.h"
#include "netif/staging.h"
#include "netif/wire.h"
#include "ownq.h"
#include "platform.h"

struct event;

TAILQ_HEAD(netif_list, netif);

#define NETIF_TX_PAGES	128u /* of the slow queue: for frames to the card */
#define NETIF_RX_PAGES	256u /* ... from the card, a buffer each */
#define NETIF_TX_MEM	(NETIF_TX_PAGES * SVNIC_PAGE_SIZE)
#define NETIF_COPIES	1024u /* pieces of a turn */
#define NETIF_TX_COPIES 384u  /* ... of which for tx */
#define NETIF_NONE	0xffffu

/* One event channel; masked from its ring until its work is done. */
struct netif_port {
	struct netif_queue *q;
	uint32_t port; /* ours */
	bool bound;
	bool rung;	   /* masked */
	bool resting;	   /* ... until the clock says so */
	unsigned int idle; /* rings without work in a row */
	uint64_t worked;   /* requests since it was unmasked */
};

struct netif_queue {
	struct netif *n;
	struct sring tx, rx;
	struct netif_port port[2]; /* tx, rx; or one for both */
	unsigned int nr_ports;
	/* Frames of the card that wait for rx slots, by their first buffer. */
	uint16_t head, tail;
	uint32_t held; /* buffers */
	uint32_t need; /* rx slots that the first one lacks, or 0 */
	struct staging staging;
	struct netif_queue_stats stats;
};

/* A buffer of the card; of a frame's first one, the frame. */
struct netif_buf {
	uint16_t next; /* buffer of the same frame */
	uint16_t link; /* frame of the same queue */
	uint16_t len;
	uint16_t nr; /* buffers of the frame */
	uint32_t total;
	struct svnic_meta meta;
	struct hash_result hash;
	uint64_t since_ms;
};

struct netif {
	struct vif *vif;
	const struct platform_ops *ops;
	struct platform *p;
	struct tenant *tenant;
	struct netif_config config;
	struct netif_turns *turns;
	TAILQ_ENTRY(netif) link; /* of those that are to have one */
	bool ready;		 /* it is */
	TAILQ_ENTRY(netif) age;	 /* of those that ever worked */
	bool known;		 /* it is */
	unsigned int worked;	 /* what the turn found */
	unsigned int idle;	 /* turns that found nothing */
	struct event *tick;	 /* something waits for time to pass */
	uint64_t tick_ms;	 /* when that is due; 0: not */
	bool started;
	unsigned int first;	  /* queue that is served first */
	enum netif_verdict fault; /* the guest's; NETIF_V_OK: none */
	struct log_limit limit;
	/* The card's side. */
	struct ownq slow;
	bool restarting;
	bool restart_asked;
	bool kick;
	bool tx_blocked; /* the card must return descriptors first */
	unsigned int restarts;
	uint64_t restart_ms;	   /* the last one */
	uint32_t tx_head, tx_tail; /* octets of the tx pages, free-running */
	uint32_t tx_reserved;	   /* descriptors that the turn will need */
	uint32_t tx_mark[1u << 9]; /* tx_head after descriptor n */
	uint16_t rx_page[1u << 8]; /* the page in slot n */
	struct netif_buf buf[NETIF_RX_PAGES];
	/* What the guest configured. */
	struct hash hash;
	struct groups groups;
	bool filtered;	    /* the card has a list of them */
	bool refilter;	    /* ... and is to have another */
	uint64_t filter_ms; /* when it got the last one */
	struct netif_queue queue[NETIF_MAX_QUEUES];
};

/* What a turn copies; there is one, as there is one thread. */
struct batch {
	unsigned int nr;
	unsigned int end; /* the netif that gathers stops there */
	struct platform_copy copy[NETIF_COPIES];
};

/* netif.c */
void netif_fault(struct netif *n, enum netif_verdict v);
/* Have a turn soon; or in @ms at the latest. */
void netif_wake(struct netif *n);
void netif_later(struct netif *n, unsigned int ms);
uint64_t netif_now_ms(void);

/* Responses, then the card: its guest sees what it did in a turn. */
void netif_publish(struct netif *n);
/* Ask to be rung; true when there is something already. */
bool netif_arm(struct netif *n);
/* It is looked at: nothing need ring. */
void netif_disarm(struct netif *n);
/* Might a turn find something?  It may be wrong, not for long. */
bool netif_has_work(const struct netif *n);
void netif_release(struct netif *n);
/* Its guest broke a rule; nothing of @n may be touched afterwards. */
void netif_report(struct netif *n);

/* turn.c: have a turn soon, or none any more. */
void turn_add(struct netif_turns *t, struct netif *n);
void turn_del(struct netif_turns *t, struct netif *n);
/*
 * With the next call of the system, which is not far; those who only get back
 * what they sent (not @soon) may wait for a few calls.
 */
void turn_ring(struct netif_turns *t, uint32_t port, bool soon);
/* From within a turn, or before turn_add(). */
void turn_unmask(struct netif_turns *t, uint32_t port);
/* It is about to be unbound. */
void turn_forget(struct netif_turns *t, uint32_t port);

/* port.c: all or nothing; and what a turn does with them at its end. */
int port_bind_queue(struct netif_queue *q, const struct netif_queue_config *c);
void port_unbind_queue(struct netif_queue *q);
void port_worked_tx(struct netif_queue *q, uint32_t nr);
void port_worked_rx(struct netif_queue *q, uint32_t nr);
void port_notify_tx(struct netif_queue *q);
void port_notify_rx(struct netif_queue *q);
/* The one that tells of received frames. */
uint32_t port_of_rx(const struct netif_queue *q);
/* Unmask what has rung, now or later. */
void port_release(struct netif_queue *q);
/* The clock has it: unmask those that rest. */
void port_wake(struct netif_queue *q);

/* slow.c */
int slow_start(struct netif *n);
void slow_stop(struct netif *n, bool lost);
/* Take descriptors back; false while the queue is of no use. */
bool slow_reclaim(struct netif *n);
/* It shows nonsense, or the card stopped it. */
void slow_fail(struct netif *n);
/*
 * Room for a frame in the tx pages, where *@at names it; false: none.  If it
 * must cross pages, it does so at its octet @lead.
 */
bool slow_reserve(struct netif *n, uint32_t len, uint32_t lead, uint32_t *at);
uint8_t *slow_tx_mem(struct netif *n, uint32_t at);
/* Provide the frame of @len octets at @at. */
void slow_send(struct netif *n, uint32_t at, uint32_t len,
	       const struct svnic_meta *meta);
uint8_t *slow_rx_mem(struct netif *n, uint16_t buf);
/* Offer a buffer again. */
void slow_return(struct netif *n, uint16_t buf);
/* The next frame's first buffer, NETIF_NONE when there is none. */
uint16_t slow_take(struct netif *n);
void slow_kick(struct netif *n);
/* Offer buffer @buf, which nobody has. */
void slow_provide(struct netif *n, uint16_t buf);

/*
 * adopt.c: go on with the queue that an earlier daemon left, with the frames
 * that came meanwhile.  False: there is none that makes sense, and no queue.
 */
bool slow_adopt(struct netif *n, const struct ownq_shape *shape);

/* filter.c: refilter says that the groups changed. */
void filter_start(struct netif *n);
void filter_turn(struct netif *n);
void filter_stop(struct netif *n, bool lost);

/* tx.c.  What is shared by @left netifs from now on, with the one that comes. */
void tx_share(struct batch *b, unsigned int left);
/* The number of ring slots that were taken. */
unsigned int tx_gather(struct netif_queue *q, struct batch *b);
void tx_begin(void);
bool tx_is_empty(void);
/* All frames of the turn, to the card; then, when it knows, their answers. */
void tx_send(const struct batch *b);
void tx_respond(void);

/* rx.c */
void rx_begin(void);
/* Take frames from the card; the number of them. */
unsigned int rx_pull(struct netif *n);
void rx_share(struct batch *b, unsigned int left);
unsigned int rx_gather(struct netif_queue *q, struct batch *b);
void rx_drop_all(struct netif *n);

/* rx_answer.c: leave the responses of the turn to the call that copies, if they
 * are few; then it is done, or not. */
void rx_stage(struct call *c);
void rx_finish(const struct batch *b, struct call *c, bool posted);

/* batch.c
 * A piece of the guest's memory: from its mapping, or one of the batch. */
void batch_add(struct batch *b, struct netif_queue *q, void *mem, uint32_t gref,
	       uint32_t offset, uint32_t len, bool to_guest);

#endif /* SVNICD_NETIF_PRIV_H */
