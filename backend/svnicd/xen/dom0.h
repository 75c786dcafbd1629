/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xen platform's own state.  pf.c speaks to svnic_pf, store.c watches
 * XenStore, guest.c is one frontend and backend directory, nodes.c asks for
 * what stands there, ring.c is its control ring, grant.c and channel.c are its
 * pages and ports, window.c gives it its doorbell page.
 */
#ifndef SVNICD_XEN_DOM0_H
#define SVNICD_XEN_DOM0_H

#include <sys/queue.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>
#include <xentoollog.h>

#include <svnic/pf.h>

#include "../limit.h"
#include "../platform.h"
#include "../source.h"

struct event;

#define DOM0_PATH     128    /* of a XenStore directory */
#define DOM0_KEY      160    /* of a node in it */
#define DOM0_LAST     0x7fef /* number of a domain */
#define DOM0_SCRIPT   "/vif-svnic"
#define DOM0_BACKEND  "backend/vif/%u/%u"
#define DOM0_FRONTEND "/local/domain/%u/device/vif/%u" /* where libxl has it */

TAILQ_HEAD(guest_list, tenant);
LIST_HEAD(memo_list, memo_entry);

struct ring {
	void *page;		/* mapped grant, or NULL */
	xenevtchn_handle *chan; /* or NULL */
	evtchn_port_t port;	/* ours */
	struct event *event;
	struct event *timer;
	uint32_t next;	     /* requests taken; the guest cannot reach it */
	bool rung;	     /* the channel is masked */
	bool rest;	     /* ... until the timer fires */
	unsigned int worked; /* requests since it was */
	unsigned int idle;   /* rings without work in a row */
};

/* Answers of XenStore that were asked for in advance; see batch.c. */
#define BATCH_KEYS 112

struct batch_answer {
	char path[DOM0_KEY];
	char *value;  /* or NULL: */
	bool missing; /* there is no such node, else not known */
};

struct batch {
	int fd;	       /* or -1 */
	char in[4096]; /* what came, from next to end */
	size_t next, end;
	unsigned int nr, asked;
	struct batch_answer answer[BATCH_KEYS];
};

struct tenant {
	TAILQ_ENTRY(tenant) link;
	struct platform *p;
	struct vif *vif;
	uint32_t domid;
	uint32_t devid;
	char backend[DOM0_PATH];
	char frontend[DOM0_PATH];
	char domain[64];    /* its name as read last */
	unsigned int state; /* ours, as written or found last */
	char mtu[32], rate[64], limits[LIMITS_WORDS],
		ip[SOURCE_WORDS]; /* as read last */
	bool offline;		  /* online was 0 when read last */
	bool watched;		  /* its frontend's state is */
	bool dirty;		  /* to be looked at */
	bool seen;		  /* by the running scan */
	uint64_t window;	  /* frame of its doorbell page, or 0 */
	struct event *clear;	  /* after a failed attach */
	struct memo_list memo;	  /* what was read and written of it */
	bool memo_due;		  /* it is to be written */
	bool memo_filed;	  /* it is in the file */
	struct ring ring;
};

struct platform {
	struct event_base *base;
	const struct platform_upcalls *up;
	void *core;
	struct platform_settings settings;
	/* XenStore */
	struct xs_handle *store;   /* for all but watches: it has no thread */
	struct xs_handle *watches; /* in between, so it answers sooner */
	struct event *store_event;
	struct event *look_timer;
	struct guest_list guests;
	struct batch batch;
	char memo_dir[DOM0_PATH];
	struct event *memo_timer;
	struct start *start; /* or NULL: it is over, or */
	bool started;	     /* ... has not begun */
	bool rescan;
	bool died; /* some domain did */
	/* Xen */
	struct xentoollog_logger logger; /* of the libraries; says nothing */
	xc_interface *xc;		 /* or NULL, see dom0_xc() */
	xengnttab_handle *grants;
	xenevtchn_handle *channel; /* of all guests, or NULL; see channel.c */
	struct event *channel_event;
	struct channel *channels; /* by place */
	uint32_t nr_channels;
	uint32_t *places; /* by port of dom0 */
	uint32_t nr_places;
	uint32_t page_of[SVNIC_MAX_VIFS]; /* domid + 1; see window.c */
	/* svnic_pf */
	int fd;	   /* or -1 */
	bool told; /* why there is no card */
	char device[108];
	struct svnic_pf_info info;
	struct event *pf_event;
	struct event *pf_timer;
};

/* Opened when it is needed first; NULL, and errno, when it cannot be. */
xc_interface *dom0_xc(struct platform *p);

/* The card: functions of struct platform_ops, see there. */
int pf_start(struct platform *p);
void pf_stop(struct platform *p);
int pf_card_info(struct platform *p, struct platform_card *info);
int pf_port_query(struct platform *p, unsigned int port,
		  struct svnic_port_info *info);
int pf_vif_list(struct platform *p, struct platform_vif *list,
		unsigned int max);
int pf_vif_create(struct platform *p, const struct svnic_vif_config *config,
		  uint64_t cookie, unsigned int *nr);
int pf_vif_destroy(struct platform *p, unsigned int nr);
int pf_vif_set(struct platform *p, unsigned int nr,
	       const struct svnic_vif_config *config);
int pf_vif_query(struct platform *p, unsigned int nr,
		 struct svnic_vif_info *info);
int pf_pages_add(struct platform *p, unsigned int nr, struct tenant *tenant,
		 uint32_t first, const struct svnic_gref_entry *entries,
		 uint32_t count, uint32_t *failed);
int pf_pages_del(struct platform *p, unsigned int nr, uint32_t first,
		 uint32_t count);
int pf_queue_start(struct platform *p, unsigned int nr, unsigned int queue,
		   struct tenant *tenant, uint32_t port,
		   const struct svnic_queue_config *config);
int pf_queue_stop(struct platform *p, unsigned int nr, unsigned int queue);
int pf_source_set(struct platform *p, unsigned int nr,
		  const struct svnic_source *list);
int pf_groups_set(struct platform *p, unsigned int nr,
		  const struct svnic_groups *list);
int pf_rss_set(struct platform *p, unsigned int nr,
	       const struct svnic_rss *rss);
int pf_pages_alloc(struct platform *p, unsigned int nr, uint32_t first,
		   uint32_t count, void **mem);
int pf_pages_map(struct platform *p, unsigned int nr, uint32_t first,
		 uint32_t count, void **mem);
void pf_pages_free(struct platform *p, unsigned int nr, uint32_t first,
		   uint32_t count, void *mem);
int pf_doorbell_map(struct platform *p, unsigned int nr,
		    struct svnic_doorbell **doorbell);
void pf_doorbell_unmap(struct platform *p, struct svnic_doorbell *doorbell);

#define PF_EVENTS 64u /* taken at once */

/* What the driver says has happened, to whom it concerns. */
void pf_hand_on(struct platform *p, const struct svnic_event *e,
		unsigned int nr);

/* An ioctl's result in the terms of platform.h; @status: its field, or NULL. */
int pf_call(struct platform *p, unsigned long request, void *arg,
	    const uint32_t *status);

/*
 * start.c: serve those that are there, one after another from the event loop,
 * then look at what changes.
 */
int start_begin(struct platform *p);
void start_end(struct platform *p);
/* The card has a VIF with that cookie; @waits: nobody moves its frames. */
void start_note(struct platform *p, uint64_t cookie, bool waits);

/* XenStore. */
int store_open(struct platform *p, char *why);
/* From now on what changes is looked at. */
int store_watch(struct platform *p);
void store_close(struct platform *p);
/* Call @found for all entries of our backend directory. */
typedef void (*store_found_fn)(struct platform *p, uint32_t domid,
			       uint32_t devid);
void store_scan(struct platform *p, store_found_fn found);
/* An entry that was there when we came: look at it now. */
void store_serve(struct platform *p, uint32_t domid, uint32_t devid);
/* A node's text, to be freed; or NULL and errno, ENOENT where there is none. */
char *store_read(struct platform *p, const char *dir, const char *key);
struct store_pair {
	const char *key;
	const char *value; /* NULL: remove the key */
};
/*
 * Write all pairs at once into the backend directory of @t, unless that is
 * gone (-ENOENT).  A state other than Closing and Closed is not written over
 * the toolstack's wish to detach (-ESHUTDOWN).
 */
int store_write(struct tenant *t, const struct store_pair *pairs,
		unsigned int count);
/* Remove what a failed attach left, unless it is another one by now. */
void store_clear(struct tenant *t);

/* Many nodes at once, for store_read(); nothing is known of what failed. */
void batch_open(struct platform *p);
void batch_close(struct platform *p);
void batch_ask(struct platform *p, const char *dir, const char *const *keys,
	       unsigned int count);
/* What is known without asking. */
bool batch_put(struct platform *p, const char *path, const char *value);
/* Ask for nodes that are known already: is each what it was? */
bool batch_agrees(struct platform *p, const char *dir, const char *const *keys,
		  unsigned int count);
/* Ask for all that was added. */
void batch_read(struct platform *p);
void batch_drop(struct platform *p);
/* true: *@value is the node's, to be freed, or NULL when there is none. */
bool batch_find(struct platform *p, const char *path, char **value);

/*
 * memo.c: what the next daemon need not ask for.  _note(): a node was read or
 * written; _change(): it is about to be.  _load() fills the batch: all that is
 * known of that guest, as long as it is connected as it was.
 */
int memo_open(struct platform *p);
void memo_close(struct platform *p);
void memo_note(struct tenant *t, const char *dir, const char *key,
	       const char *value);
void memo_change(struct tenant *t, const char *dir, const char *key,
		 const char *value);
bool memo_load(struct platform *p, uint32_t domid, uint32_t devid);
/* That was loaded, for this guest: its file is ours now. */
void memo_adopt(struct tenant *t);
/* Take away what is of no guest that is known. */
void memo_clear(struct platform *p);
/* The next daemon may have it, or may not. */
void memo_free(struct tenant *t);
void memo_destroy(struct tenant *t);

/* At the start: all at once that guest_create() and guest_look() need. */
void nodes_ask(struct platform *p, uint32_t domid, uint32_t devid);
/* Later: what guest_look() needs. */
void nodes_ask_again(struct tenant *t);

/* One guest. */
/* store_read() of one of its two directories; what is known then is noted. */
char *guest_get(struct tenant *t, const char *dir, const char *key);
struct tenant *guest_create(struct platform *p, uint32_t domid, uint32_t devid);
void guest_free(struct tenant *t);
/* Be told when its frontend's state changes; the first time at once. */
void guest_watch(struct tenant *t);
/* Read its nodes and tell the daemon what they say. */
void guest_look(struct tenant *t);
int guest_offer(struct platform *p, struct tenant *t,
		const struct platform_offer *offer);
void guest_withdraw(struct platform *p, struct tenant *t);
void guest_state(struct platform *p, struct tenant *t, enum peer_state state);
void guest_reason(struct platform *p, struct tenant *t, const char *reason);
void guest_key(struct platform *p, struct tenant *t, const char *key,
	       const char *value);
int guest_keys(struct platform *p, struct tenant *t,
	       const struct netif_key *keys, size_t count);
bool guest_sleeps(struct platform *p, struct tenant *t);
int guest_connect(struct platform *p, struct tenant *t, char *why);
void guest_disconnect(struct platform *p, struct tenant *t);
const char *guest_name(struct platform *p, struct tenant *t);
void guest_destroy(struct platform *p, struct tenant *t);

/* Its control ring. */
int ring_open(struct tenant *t, uint32_t gref, uint32_t remote, char *why);
void ring_close(struct tenant *t);
int ring_copy(struct platform *p, struct tenant *t, uint32_t gref, void *mem,
	      uint32_t len);

/* Its memory and its event channels, as struct platform_ops has them. */
char *guest_read(struct platform *p, struct tenant *t, const char *key);
int grant_map(struct platform *p, struct tenant *t, uint32_t gref,
	      bool writable, void **page);
void grant_unmap(struct platform *p, void *page);
void grant_turn(struct platform *p, const struct platform_turn *turn);
int channel_bind(struct platform *p, struct tenant *t, uint32_t remote,
		 platform_rang_fn rang, void *arg, uint32_t *port);
void channel_unbind(struct platform *p, uint32_t port);
/* True: done.  Else *@port of dom0 is svnic_pf's, and waits for a turn. */
bool channel_ring(struct platform *p, uint32_t place, uint32_t *port);
bool channel_unmask(struct platform *p, uint32_t place, uint32_t *port);
/* Is it svnic_pf's, as @port? */
bool channel_is_own(const struct platform *p, uint32_t place, uint32_t *port);
/* svnic_pf says that this port of dom0 rang. */
void channel_rang(struct platform *p, uint32_t port);
/* The card's file was opened or closed: bind all there, or elsewhere. */
void channel_card_came(struct platform *p);
void channel_card_lost(struct platform *p);
void channel_close(struct platform *p);

/* Its doorbell page: the machine frame is told to Xen. */
int window_open(struct tenant *t, uint64_t frame);
/* An earlier daemon opened it. */
void window_adopt(struct tenant *t, uint64_t frame);
void window_close(struct tenant *t);
/* May doorbell page @nr be given to @domid, or does another still have it? */
bool window_is_free(struct platform *p, unsigned int nr, uint32_t domid);

#endif /* SVNICD_XEN_DOM0_H */
