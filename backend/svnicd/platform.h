/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What svnicd needs from the place it runs in: a card, and tenants that want
 * a VIF of it.  Two tables: the platform's functions, which the daemon calls,
 * and the daemon's, which the platform calls.  xen/ and local/ each fill one
 * struct platform_ops; nothing above knows which one runs.
 *
 * Everything happens in one thread, from the event loop given to open().  The
 * daemon calls no platform function from a signal handler; the platform calls
 * no daemon function before start().
 *
 * Card functions return 0, -errno (-ENODEV: the card is not there), or, where
 * the card itself refused, a positive enum svnic_status.  A VIF is named by
 * its number on the card, @nr.  Out-parameters stay untouched on failure.
 */
#ifndef SVNICD_PLATFORM_H
#define SVNICD_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <svnic/abi.h>

struct event_base;
struct netif_key;
struct platform;      /* the running platform's own state */
struct platform_turn; /* see platform_turn.h */
struct tenant;	      /* the platform's side of a VIF: who uses it, and how */
struct vif;	      /* the daemon's side of the same VIF */

#define PLATFORM_OWN	NULL	       /* as a tenant: the daemon itself */
#define PLATFORM_PATH	"svnic-path"   /* key: "direct", where it can be had, */
#define PLATFORM_NETIF	"netif"	       /* or this */
#define PLATFORM_LIMITS "svnic-limits" /* key: see limit_own_read() */
#define PLATFORM_REASON 256	       /* octets of a sentence, with the NUL */

/* The states of xenbus, and their numbers; a local tenant has the same. */
enum peer_state {
	PEER_GONE = 0,
	PEER_INITIALISING = 1,
	PEER_INIT_WAIT = 2,
	PEER_INITIALISED = 3,
	PEER_CONNECTED = 4,
	PEER_CLOSING = 5,
	PEER_CLOSED = 6,
	PEER_RECONFIGURING = 7,
	PEER_RECONFIGURED = 8,
	PEER_NR
};

struct platform_settings {
	char card[108];	   /* xen: /dev/svnicN or "" (the first there is);
			      local: vfio-user socket of svnic-fw */
	char tenants[108]; /* local: folder of the tenants' sockets */
};

struct platform_card {
	char name[108];	   /* for people: PCI address or socket */
	char netdev[16];   /* of the host's own VIF, or "" */
	uint32_t version;  /* SVNIC_ABI_VERSION of the card */
	uint32_t features; /* SVNIC_F_* */
	uint32_t status;   /* SVNIC_STATUS_* */
	uint32_t link;
	uint32_t ports;
	uint32_t max_vifs;
	uint32_t epoch;	  /* changes whenever all VIFs were lost */
	uint32_t own_vif; /* the host's own, or SVNIC_VIF_NONE */
};

/* A VIF that the card has already, as after a restart of the daemon. */
struct platform_vif {
	uint32_t nr;
	uint64_t cookie; /* as given to vif_create(); 0: not ours */
	uint32_t nr_pages;
	uint32_t queues; /* bitmap of the started ones */
};

/*
 * What somebody asks of a VIF, in the words of the XenStore keys, which are
 * those of `svnic-admin create` too.  An absent key is NULL.
 */
struct platform_request {
	uint64_t cookie;  /* not 0; xen: domid << 32 | devid */
	const char *name; /* "3.0", or the local tenant's; at most 63 */
	const char *mac;
	const char *network; /* xl's bridge= */
	const char *mtu;
	const char *rate;   /* "octets,microseconds", or a person's "10Mb/s" */
	const char *limits; /* "class=gold storm=100", see limit.h */
	const char *ip;	    /* "10.0.0.5 fd00::5", see source.h */
	/* What an earlier daemon left; PEER_INITIALISING for a new one. */
	enum peer_state state;
	bool direct;	  /* the keys of the direct path are there ... */
	uint32_t epoch;	  /* ... with this number */
	bool no_carrier;  /* the guest was told that nothing moves */
	bool netif_only;  /* an administrator wants no direct path */
	bool failed;	  /* the toolstack was told already that it failed */
	const char *path; /* for the log: where it was asked for, or NULL */
};

/* What a tenant is told before its VIF goes to PEER_INIT_WAIT. */
struct platform_offer {
	uint32_t nr;
	uint32_t features; /* SVNIC_F_* */
	uint32_t max_pages;
	uint32_t max_queues;
	uint32_t epoch; /* another VIF, another value */
	uint8_t mac[6];
	uint16_t mtu;
};

/* The tenant rang port @port, which is masked from now on. */
typedef void (*platform_rang_fn)(void *arg, uint32_t port);

/* The daemon's functions; @core is what open() was given. */
struct platform_upcalls {
	/* The card is there and answers; ask card_info(). */
	void (*card_came)(void *core);
	/* It is not, or not any longer; all card functions say -ENODEV. */
	void (*card_lost)(void *core, const char *why);
	/* The card stopped a queue; @verdict is enum svnic_verdict. */
	void (*card_fault)(void *core, unsigned int nr, unsigned int queue,
			   unsigned int verdict);
	/* A queue that was started for PLATFORM_OWN has something. */
	void (*card_event)(void *core, unsigned int nr, unsigned int queue);

	/*
	 * A tenant wants a VIF.  Never NULL except for lack of memory: a VIF
	 * that cannot be had exists too, with its reason.  tenant_offer(),
	 * tenant_reason() and tenant_state() may be called from within.
	 */
	struct vif *(*vif_came)(void *core, struct tenant *tenant,
				const struct platform_request *request);
	/* After start(): every tenant that was there has come by now. */
	void (*tenants_known)(void *core);
	/* mtu, rate, limits or ip may have changed; the rest is not looked at. */
	void (*vif_changed)(struct vif *vif,
			    const struct platform_request *request);
	/* Nobody wants it any more; @vif and its tenant are gone after this
	   (tenant_destroy() is called from within). */
	void (*vif_gone)(struct vif *vif);
	/* The peer's state as read; any number, any number of times. */
	void (*peer_state)(struct vif *vif, unsigned int state);
	/* Connected may be reached only while @open: hotplug-status on xen;
	   on the local platform opened once, right after vif_came(). */
	void (*gate)(struct vif *vif, bool open);
	/* The toolstack wants the VIF closed, whatever the peer does. */
	void (*offline)(struct vif *vif);
	/* The peer broke a rule: the VIF closes with this reason. */
	void (*peer_fault)(struct vif *vif, const char *reason);
	/* A control message, copied already; *@rsp is filled completely. */
	void (*ctrl)(struct vif *vif, const struct svnic_ctrl_req *req,
		     struct svnic_ctrl_rsp *rsp);
};

struct platform_ops {
	const char *name; /* "xen" or "local" */

	/*
	 * open() takes what cannot be waited for (XenStore, not the card) and
	 * says in @why, of PLATFORM_REASON octets, what failed.  start()
	 * begins to look for the card and for tenants.  close() leaves card
	 * and tenants as they are, as a kill would.
	 */
	int (*open)(struct event_base *base,
		    const struct platform_settings *settings,
		    const struct platform_upcalls *up, void *core,
		    struct platform **platform, char *why);
	int (*start)(struct platform *p);
	void (*close)(struct platform *p);

	/* The card. */
	int (*card_info)(struct platform *p, struct platform_card *info);
	int (*port_query)(struct platform *p, unsigned int port,
			  struct svnic_port_info *info);
	/* The number of VIFs, at most @max of which are stored. */
	int (*vif_list)(struct platform *p, struct platform_vif *list,
			unsigned int max);
	int (*vif_create)(struct platform *p,
			  const struct svnic_vif_config *config,
			  uint64_t cookie, unsigned int *nr);
	/* Stops its queues, takes its pages and removes it. */
	int (*vif_destroy)(struct platform *p, unsigned int nr);
	int (*vif_set)(struct platform *p, unsigned int nr,
		       const struct svnic_vif_config *config);
	int (*vif_query)(struct platform *p, unsigned int nr,
			 struct svnic_vif_info *info);
	/* Whose packets it may send, and which groups it gets. */
	int (*source_set)(struct platform *p, unsigned int nr,
			  const struct svnic_source *list);
	int (*groups_set)(struct platform *p, unsigned int nr,
			  const struct svnic_groups *list);

	/*
	 * Pages and queues of a tenant.  pages_add() is all or nothing;
	 * *@failed is the first entry that was wrong, also on failure.
	 * pages_del() returns how many entries it took out.
	 */
	int (*pages_add)(struct platform *p, unsigned int nr,
			 struct tenant *tenant, uint32_t first,
			 const struct svnic_gref_entry *entries, uint32_t count,
			 uint32_t *failed);
	int (*pages_del)(struct platform *p, unsigned int nr, uint32_t first,
			 uint32_t count);
	/* @port: the tenant's event channel; config->notify is filled here. */
	int (*queue_start)(struct platform *p, unsigned int nr,
			   unsigned int queue, struct tenant *tenant,
			   uint32_t port,
			   const struct svnic_queue_config *config);
	int (*queue_stop)(struct platform *p, unsigned int nr,
			  unsigned int queue);

	/* The caller has checked the table. */
	int (*rss_set)(struct platform *p, unsigned int nr,
		       const struct svnic_rss *rss);

	/*
	 * The daemon's own memory in a VIF's table: zeroed, page n at
	 * *@mem + n * 4096.  pages_free() before vif_destroy().
	 */
	int (*pages_alloc)(struct platform *p, unsigned int nr, uint32_t first,
			   uint32_t count, void **mem);
	void (*pages_free)(struct platform *p, unsigned int nr, uint32_t first,
			   uint32_t count, void *mem);
	/*
	 * Those that an earlier daemon allocated, as they are: an error when
	 * there are none.  NULL where they went with it.
	 */
	int (*pages_map)(struct platform *p, unsigned int nr, uint32_t first,
			 uint32_t count, void **mem);
	int (*doorbell_map)(struct platform *p, unsigned int nr,
			    struct svnic_doorbell **doorbell);
	void (*doorbell_unmap)(struct platform *p,
			       struct svnic_doorbell *doorbell);

	/*
	 * Tenants.  tenant_create() is for `svnic-admin create` and NULL where
	 * tenants come by themselves; it calls vif_came() for @request from
	 * within and says in @why what failed.
	 */
	int (*tenant_create)(struct platform *p,
			     const struct platform_request *request, char *why);
	/*
	 * The direct path: gives the tenant its doorbell page and writes what
	 * it must know, before PEER_INIT_WAIT or while it is connected.
	 */
	int (*tenant_offer)(struct platform *p, struct tenant *tenant,
			    const struct platform_offer *offer);
	/* The reverse; may come twice, or without an offer. */
	void (*tenant_withdraw)(struct platform *p, struct tenant *tenant);
	/* Our own state, for the tenant and the toolstack to see. */
	void (*tenant_state)(struct platform *p, struct tenant *tenant,
			     enum peer_state state);
	/* Why it is refused or was stopped; NULL: no reason any longer. */
	void (*tenant_reason)(struct platform *p, struct tenant *tenant,
			      const char *reason);
	/* The daemon changed what a key says, by hand of an administrator;
	   a NULL value takes it away. */
	void (*tenant_key)(struct platform *p, struct tenant *tenant,
			   const char *key, const char *value);
	/*
	 * Write all keys at once, a NULL value removes one; NULL where tenants
	 * have no netif path.
	 */
	int (*tenant_keys)(struct platform *p, struct tenant *tenant,
			   const struct netif_key *keys, size_t count);
	/*
	 * It does not run and will not without the toolstack: suspended, shut
	 * down, dying or gone.  NULL: never.
	 */
	bool (*tenant_sleeps)(struct platform *p, struct tenant *tenant);
	/*
	 * Look at what the peer offers and be ready for its control messages;
	 * -errno and a sentence in @why when it cannot be served, -ENOENT when
	 * it has no control ring, -EPROTO when it follows another version of
	 * the ABI.  It may be called again without a disconnect: nothing is
	 * done twice.
	 */
	int (*tenant_connect)(struct platform *p, struct tenant *tenant,
			      char *why);
	/* No control message after this; may come twice. */
	void (*tenant_disconnect)(struct platform *p, struct tenant *tenant);
	/*
	 * Copy the first @len octets of page @gref once; NULL where there are
	 * no grants.
	 */
	int (*tenant_copy)(struct platform *p, struct tenant *tenant,
			   uint32_t gref, void *mem, uint32_t len);
	/*
	 * Memory and event channels of a tenant, for the netif path; all NULL
	 * where tenants have none.  tenant_read(): what it wrote under a key,
	 * to be freed, or NULL.
	 */
	char *(*tenant_read)(struct platform *p, struct tenant *tenant,
			     const char *key);
	int (*grant_map)(struct platform *p, struct tenant *tenant,
			 uint32_t gref, bool writable, void **page);
	void (*grant_unmap)(struct platform *p, void *page);
	/*
	 * Ring, unmask, copy, post, then wait, in as few calls of the system as
	 * there can be.  The tenants see all stores of ours before they are
	 * woken.  Nothing is posted, and nobody waits, if a copy failed, or
	 * where the platform cannot post in this moment.  What rings meanwhile
	 * is told from within; where the platform cannot wait it returns at
	 * once, and the event loop tells it.
	 */
	void (*turn)(struct platform *p, const struct platform_turn *turn);
	/*
	 * Bind the tenant's port @remote to a new one of ours.  @rang comes
	 * from the event loop, and not again before it is unmasked by turn().
	 */
	int (*port_bind)(struct platform *p, struct tenant *tenant,
			 uint32_t remote, platform_rang_fn rang, void *arg,
			 uint32_t *port);
	void (*port_unbind)(struct platform *p, uint32_t port);
	/* Name of the domain or process for people; never NULL. */
	const char *(*tenant_name)(struct platform *p, struct tenant *tenant);
	void (*tenant_destroy)(struct platform *p, struct tenant *tenant);
};

/* NULL where the platform was not built in. */
const struct platform_ops *platform_xen(void);
const struct platform_ops *platform_local(void);

#endif /* SVNICD_PLATFORM_H */
