/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of a netif.  In a turn (turn.c) tx.c and rx.c gather pieces to copy
 * from all queues, one call copies them, then both finish what they gathered.
 */
#ifndef SVNICD_NETIF_PRIV_H
#define SVNICD_NETIF_PRIV_H

#include <sys/queue.h>

#include "log.h"
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

#define NETIF_TX_PAGES 128u /* of the slow queue: for frames to the card */
#define NETIF_RX_PAGES 256u /* ... from the card, a buffer each */
#define NETIF_TX_MEM   (NETIF_TX_PAGES * SVNIC_PAGE_SIZE)
#define NETIF_NONE     0xffffu

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
	bool card_finds; /* the place of a blank checksum */
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
	bool inherits; /* ... perhaps with a daemon before us */
	struct hash hash;
	struct groups groups;
	bool filtered;	    /* the card has a list of them */
	bool refilter;	    /* ... and is to have another */
	uint64_t filter_ms; /* when it got the last one */
	struct netif_queue queue[NETIF_MAX_QUEUES];
};

/* For the other files; the rest is netif.h's.  The guest broke a rule. */
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

#endif /* SVNICD_NETIF_PRIV_H */
