/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One VIF: its life cycle as a table of states and events, what it has of the
 * card, and why it was refused or stopped.  Knows neither XenStore nor
 * sockets; the platform's calls in daemon.c end here.
 */
#ifndef SVNICD_VIF_H
#define SVNICD_VIF_H

#include <sys/queue.h>

#include "config.h"
#include "limit.h"
#include "names.h"
#include "platform.h"

struct daemon;
struct event;
struct netif;

#define VIF_STATES(X)                                                          \
	X(NEW, PEER_INITIALISING, "new")	/* nothing was said yet */     \
	X(REFUSED, PEER_INIT_WAIT, "refused")	/* the script will tell */     \
	X(INIT_WAIT, PEER_INIT_WAIT, "waiting") /* offered to the guest */     \
	X(BARE, PEER_INIT_WAIT, "bare")		/* offered without a card */   \
	X(CONNECTED, PEER_CONNECTED, "connected")                              \
	X(ADRIFT, PEER_CONNECTED, "adrift")	/* connected without a card */ \
	X(CLOSING, PEER_CLOSING, "closing")	/* the guest is closing */     \
	X(CLOSED, PEER_CLOSED, "closed")	/* a fresh guest may come */   \
	X(LOST, PEER_CLOSED, "lost")		/* a card must come first */   \
	X(DETACHING, PEER_CLOSING, "detaching") /* by the toolstack */         \
	X(DETACHED, PEER_CLOSED, "detached")	/* all was given back */

#define VIF_EVENTS(X)                                  \
	X(PEER_INITIALISING, "a fresh guest driver")   \
	X(PEER_WAITING, "the guest is between states") \
	X(PEER_CONNECTED, "the guest is connected")    \
	X(PEER_CLOSING, "the guest is closing")        \
	X(PEER_CLOSED, "the guest is closed")          \
	X(PEER_GONE, "the guest is gone")              \
	X(PEER_FAULT, "the guest broke a rule")        \
	X(REFUSE, "it cannot be had")                  \
	X(OFFLINE, "the toolstack detaches it")        \
	X(CARD_LOST, "it is on no card any longer")    \
	X(CARD_CAME, "the card is there")              \
	X(LATE, "the guest took too long")             \
	X(NO_CARD, "it can be had without a card")     \
	X(NO_PATH, "nothing is left to serve it by")

#define VIF_AS_STATE(name, peer, text) VIF_##name,
#define VIF_AS_EVENT(name, text)       EV_##name,
/* Both start at 1: an empty cell of the table is no state, 0 no event. */
enum vif_state {
	VIF_NONE,
	VIF_STATES(VIF_AS_STATE) VIF_STATE_NR
};
enum vif_event {
	EV_NONE,
	VIF_EVENTS(VIF_AS_EVENT) EV_NR
};

#define VIF_NAME 64

struct vif {
	TAILQ_ENTRY(vif) link;
	struct daemon *d;
	struct tenant *tenant;
	uint64_t cookie;
	char name[VIF_NAME];
	struct name called; /* ... in the daemon's table */
	char path[VIF_NAME *
		  2]; /* for the log: where it was asked for, or "" */
	char network[CONFIG_NAME + 8]; /* as asked for */
	enum vif_state state;
	unsigned int published; /* enum peer_state that was written last */
	unsigned int peer;	/* the peer's, as read last */
	bool gate;
	unsigned int nr; /* on the card, or SVNIC_VIF_NONE */
	struct svnic_vif_config config;
	struct limits_own own;	    /* limits that were said of it */
	struct svnic_source source; /* its own addresses, if any */
	uint32_t pages_end;  /* no page from this index on is registered */
	uint32_t queues;     /* of the guest, bitmap of the started ones */
	struct netif *netif; /* or NULL */
	bool direct;	     /* the direct path is offered */
	bool netif_only;     /* ... and is not to be */
	bool no_carrier;     /* the guest was told so */
	bool keyed;	     /* netif's keys are written */
	bool grouped;	     /* the card may have a list of its groups */
	bool fresh;	     /* its number is younger than its connection */
	uint32_t epoch;	     /* of the number, as the guest is told */
	char reason[PLATFORM_REASON]; /* "" while all is well */
	char note[PLATFORM_REASON];   /* a key that was not understood */
	unsigned int fault;	      /* enum svnic_verdict of the last one */
	uint64_t faults;
	struct event *timer;
	struct log_limit limit;
};

/* See struct platform_upcalls for these. */
struct vif *vif_create(struct daemon *d, struct tenant *tenant,
		       const struct platform_request *request);
void vif_destroy(struct vif *vif);
void vif_change(struct vif *vif, const struct platform_request *request);
void vif_peer_state(struct vif *vif, unsigned int state);
void vif_gate(struct vif *vif, bool open);
void vif_offline(struct vif *vif);
void vif_peer_fault(struct vif *vif, const char *reason);

/* Forget @vif without a word to card, platform or guest. */
void vif_free(struct vif *vif);

/* The card came or was lost, or stopped queue @queue. */
void vif_card_came(struct vif *vif);
void vif_card_lost(struct vif *vif, const char *why);
void vif_card_fault(struct vif *vif, unsigned int queue, unsigned int verdict);

/*
 * vif_config.c: all that @request asks of a new VIF, or -EINVAL and a sentence
 * in @why.
 */
int vif_request(struct vif *vif, const struct platform_request *request,
		char *why);
/*
 * Load @config into the card and keep it: 0, -errno, or enum svnic_status as
 * the card functions; on failure the old one stays.
 */
int vif_configure(struct vif *vif, const struct svnic_vif_config *config);
/* The same with the limits that hold if @own is said of it; keeps @own too. */
int vif_limit(struct vif *vif, const struct limits_own *own,
	      struct svnic_vif_config *config);
/* Load @list into the card and keep it, as vif_configure(). */
int vif_source(struct vif *vif, const struct svnic_source *list);
/*
 * What the guest wants of groups, on the card: 0, -errno or enum svnic_status.
 * _all(): whoever connects next begins with all of them.
 */
int vif_groups(struct vif *vif, const struct svnic_groups *list);
void vif_groups_all(struct vif *vif);
/*
 * All lists of a number that the VIF got: a @fresh one has none; what another
 * one has is not known.
 */
int vif_load(struct vif *vif, unsigned int nr, bool fresh);
/* An administrator set it: a restarted daemon shall find it. */
void vif_source_keep(struct vif *vif);
/* The daemon's configuration changed: other limits may hold. */
void vif_reconfigure(struct vif *vif);

/* EV_LATE after three seconds, or @at_once from the event loop. */
int vif_expect(struct vif *vif, bool at_once);
/* Another needs the address of @vif, whose guest sleeps. */
void vif_yield(struct vif *vif, const char *to);

/* Keep, publish and log why; "": no reason any longer. */
void vif_reason(struct vif *vif, const char *reason);
/* vif_table.c: apply one cell of the table; -EPROTO for an empty one. */
int vif_event(struct vif *vif, enum vif_event event);
const char *vif_state_text(enum vif_state state);
const char *vif_event_text(enum vif_event event);

#endif /* SVNICD_VIF_H */
