/* SPDX-License-Identifier: GPL-2.0-only */
/* A queue pair, its life at the card and its interrupt. */
#ifndef SVNIC_NET_QUEUE_H
#define SVNIC_NET_QUEUE_H

#include <linux/netdevice.h>
#include <svnic/abi.h>
#include "rx.h"
#include "tx.h"

struct svnic_net;

struct svnic_net_queue {
	struct svnic_net *net;
	u32 index;
	struct napi_struct napi;
	struct svnic_net_run area_run;
	void *area; /* lock: area_run, mapped in one piece */
	struct svnic_net_tx tx;
	struct svnic_net_rx rx;
	bool started;	  /* lock: NAPI is enabled */
	bool at_card;	  /* lock: the card runs it, as far as we know */
	bool live;	  /* lock and tx: may be used */
	bool diverted;	  /* tx: ... but not for frames any more, or not yet */
	bool broken;	  /* any; cleared under lock */
	bool stopping;	  /* lock: the card was asked to stop it */
	bool want_tx;	  /* tx; cleared under lock */
	bool want_rx;	  /* poll; cleared under lock */
	bool armed;	  /* poll */
	atomic_t kick;	  /* the doorbell's words, and below; */
	u32 reset;	  /* lock */
	u32 hold;	  /* poll: what the card was told */
	u32 recent_polls; /* poll: since the traffic was judged, */
	u32 recent_rx;	  /* poll: frames that came, */
	unsigned long recent_kicks; /* poll: tx.kicks at that time */
	u64 recent_at;		    /* poll: when it last had work */
	struct task_struct *poller; /* lock */
	bool looking;		    /* the poller: is not asleep */
	u64 touched;		    /* any: when there was work last */
	u64 look_until;		    /* any: until when it looks */
	u64 window;		    /* any: for how long after work; 0: not */
	unsigned int misses;	    /* any: events that looking had found */
	unsigned long last_reset;   /* lock: jiffies */
	unsigned long patience;	    /* any: jiffies before the next reset */
	unsigned long resets;	    /* lock */
	unsigned long polls;	    /* poll */
	unsigned long spins;	    /* the poller */
	unsigned long finds;	    /* the poller: completions that it saw */
	atomic_long_t events;
	atomic_long_t idle_events;
	atomic_long_t faults[SVNIC_V_NR];
	atomic_long_t nonsense; /* completions that cannot be true */
};

/* Start at the card, then NAPI and tx.  Under svnic_net.lock. */
int svnic_net_queue_up(struct svnic_net_queue *q);
/*
 * The reverse; idempotent.  @ask: tell the card; an error means that it may
 * still run the queue, which svnic_net_queue_up() then takes over.
 */
int svnic_net_queue_down(struct svnic_net_queue *q, bool ask);
/* Jiffies until a broken queue may be restarted; 0: now. */
unsigned long svnic_net_queue_patience(const struct svnic_net_queue *q);
/* A broken queue waits to be restarted: the card runs it no longer. */
void svnic_net_queue_rest(struct svnic_net_queue *q);
/* Restart a broken queue: 0 or -errno. */
int svnic_net_queue_reset(struct svnic_net_queue *q);
/* Any context: nothing more is done with the queue until it was reset. */
void svnic_net_queue_fail(struct svnic_net_queue *q, const char *why);
/* Is there something that the card said and that was not looked at? */
bool svnic_net_queue_has_work(const struct svnic_net_queue *q);
void svnic_net_kick(struct svnic_net_queue *q);
int svnic_net_poll(struct napi_struct *napi, int budget);

/* Do frames of the queue go to the card? */
static inline bool svnic_net_is_direct(const struct svnic_net_queue *q)
{
	return READ_ONCE(q->live) && !READ_ONCE(q->diverted) &&
	       !READ_ONCE(q->broken);
}

#endif /* SVNIC_NET_QUEUE_H */
