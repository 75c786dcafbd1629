/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The netif path of a VIF: the backend side of Xen's netif protocol
 * (xen/io/netif.h) in user space, for guests with a stock driver, and for ours
 * while the direct path is not there.  Frames go by grant copy between the
 * guest's rings and a queue pair of the same VIF in the daemon's own memory.
 *
 * Everything happens in the daemon's one thread.  A guest that breaks a rule is
 * handed to vif_peer_fault() from the event loop, never from within one of
 * these calls; that may destroy the netif.
 */
#ifndef SVNICD_NETIF_NETIF_H
#define SVNICD_NETIF_NETIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netif; /* the netif path of one VIF */
struct platform;
struct platform_ops;
struct svnic_ctrl_req;
struct tenant;
struct vif;

#define NETIF_MAX_QUEUES 8u

/* A key of the backend directory. */
struct netif_key {
	const char *name;
	const char *value;
};

struct event_base;
struct netif_turns; /* when the netifs of a daemon do their work */

/* NULL: no memory.  Freed after the last netif. */
struct netif_turns *netif_turns_create(struct event_base *base,
				       const struct platform_ops *ops,
				       struct platform *p);
void netif_turns_free(struct netif_turns *t);

/* What we offer: to be written before InitWait and removed with the offer. */
extern const struct netif_key netif_keys[];
extern const size_t netif_nr_keys;

struct netif_queue_config {
	uint32_t tx_ref, rx_ref;
	uint32_t tx_port, rx_port; /* equal without split event channels */
};

/* What the frontend published; numbers are in range, nothing else is known. */
struct netif_config {
	unsigned int nr_queues; /* 1 to NETIF_MAX_QUEUES */
	struct netif_queue_config queue[NETIF_MAX_QUEUES];
	bool sg;   /* frames of more than one slot */
	bool gso4; /* GSO over IPv4, IPv6 */
	bool gso6;
	bool no_csum4;	/* wants complete checksums over IPv4 */
	bool csum6;	/* takes blank ones over IPv6 */
	bool rx_notify; /* rings when it provided rx slots */
	bool multicast; /* only groups that it asked for */
	uint16_t xdp_headroom;
};

/*
 * Read and check what the frontend of @tenant published (rule R34): 0, -ENOENT
 * when there are no netif rings (a driver for the direct path only), or another
 * -errno with a sentence in @why, of PLATFORM_REASON octets.
 */
int netif_read(const struct platform_ops *ops, struct platform *p,
	       struct tenant *tenant, struct netif_config *config, char *why);

/*
 * Map the rings and bind the ports, all or nothing; no frame moves before
 * netif_start().  After a restart of the daemon it goes on where the earlier
 * one ended.  0, or -errno with a sentence in @why.
 */
int netif_create(struct vif *vif, const struct netif_config *config,
		 struct netif **netif, char *why);
/*
 * In any state; nothing is mapped or bound afterwards.  The card's part goes
 * too if it is still started: before vif_destroy() of its number.  NULL is
 * nothing.
 */
void netif_destroy(struct netif *n);
/* The daemon ends: the slow queue runs on, for the next one. */
void netif_leave(struct netif *n);

/*
 * vif->nr is a number on a card that is there: take the slow queue and let
 * frames move.  What an earlier daemon left of that queue is taken away first.
 * May come twice.  0, -errno, or enum svnic_status as the card functions.
 */
int netif_start(struct netif *n);
/*
 * The card is lost, or vif->nr is about to be given back, or the VIF is to be
 * quiet.  The rings stay mapped, requests stay in them.  @lost: the card has
 * forgotten everything itself.  May come twice.
 */
void netif_stop(struct netif *n, bool lost);
bool netif_is_started(const struct netif *n);

/* Queue @queue of the VIF has something (platform's card_event()). */
void netif_card_event(struct netif *n, unsigned int queue);
/* The card stopped queue @queue of the VIF (card_fault()). */
void netif_card_fault(struct netif *n, unsigned int queue,
		      unsigned int verdict);

/*
 * A control message below SVNIC_CTRL_HELLO: netif's hash and grant mappings.
 * false: not ours.  Both out-parameters are set otherwise.
 */
bool netif_ctrl(struct netif *n, const struct svnic_ctrl_req *req,
		uint32_t *status, uint32_t *data);

/* Counters ------------------------------------------------------------------ */

/* What became of a frame or a request: name for JSON, text for people. */
#define NETIF_VERDICTS(X)                                                      \
	X(OK, "ok", "passed on")                                               \
	/* tx: answered with an error */                                       \
	X(RUNT, "runt", "shorter than an Ethernet header")                     \
	X(ZERO, "zero", "a slot without octets")                               \
	X(SIZE, "size", "slots hold more than the frame's size")               \
	X(SLOTS, "slots", "more than 18 slots")                                \
	X(GROUPS, "groups", "more than 64 multicast groups")                   \
	X(GRANT, "grant", "a grant could not be copied")                       \
	X(OFFLOAD, "offload", "no checksum or GSO for such headers")           \
	/* tx: the end of the netif */                                         \
	X(INDEX, "index", "an impossible ring index")                          \
	X(CHAIN, "chain", "a chain of slots without end")                      \
	X(FLOOD, "flood", "more than 20 slots")                                \
	X(CROSSING, "crossing", "a slot runs over its page")                   \
	X(EXTRA, "extra", "an unknown, repeated or endless extra slot")        \
	X(GSO, "gso", "a GSO type or size that does not exist")                \
	/* rx: dropped */                                                      \
	X(RX_FULL, "rx_full", "the guest's queue provided no slots")           \
	X(RX_STALE, "rx_stale", "waited too long for slots")                   \
	X(RX_MULTICAST, "rx_multicast", "a group that the guest did not join") \
	X(RX_LARGE, "rx_large", "too large for what the guest takes")          \
	X(RX_GRANT, "rx_grant", "a grant of the guest could not be filled")    \
	X(RX_CARD, "rx_card", "the card's completion makes no sense")

#define NETIF_AS_VERDICT(id, name, text) NETIF_V_##id,
enum netif_verdict {
	NETIF_VERDICTS(NETIF_AS_VERDICT) NETIF_V_NR
};

const char *netif_verdict_name(enum netif_verdict v);
const char *netif_verdict_text(enum netif_verdict v);

struct netif_queue_stats {
	uint64_t tx_frames, tx_octets, tx_requests, tx_batches;
	uint64_t rx_frames, rx_octets, rx_requests, rx_batches;
	uint64_t copies;     /* segments of grant copies */
	uint64_t staged;     /* ... that a mapping spared */
	uint64_t fixups;     /* frames that were changed for the guest */
	uint64_t events_in;  /* the guest rang */
	uint64_t events_out; /* we rang */
	uint64_t spurious;   /* it rang for nothing */
	uint64_t rx_waited;  /* times without enough slots */
	uint64_t tx_waited;  /* times the card took no more */
	uint64_t verdict[NETIF_V_NR];
};

/* As they stand now, for svnic-admin. */
struct netif_info {
	unsigned int nr_queues;
	bool started;
	bool split;		    /* event channels */
	unsigned int card_restarts; /* of the slow queue */
	unsigned int nr_groups;	    /* multicast */
	unsigned int nr_staged;	    /* pages mapped for good */
	struct netif_config config;
	struct {
		struct netif_queue_stats stats;
		uint32_t tx_pending; /* requests not taken yet */
		uint32_t rx_free;    /* slots the guest provided */
		uint32_t rx_held;    /* the card's buffers that wait */
	} queue[NETIF_MAX_QUEUES];
};

void netif_info(const struct netif *n, struct netif_info *info);

#endif /* SVNICD_NETIF_NETIF_H */
