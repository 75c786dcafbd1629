/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local platform: svnicd drives the card itself, and its tenants are
 * processes that connect to a socket of their VIF.  What its files share;
 * platform.h describes the functions of the table.
 */
#ifndef SVNICD_LOCAL_LOCAL_H
#define SVNICD_LOCAL_LOCAL_H

#include <sys/queue.h>
#include "card.h"
#include "limit.h"
#include "names.h"
#include "platform.h"
#include "source.h"

#define TENANT_NAME 64
#define TENANT_WORD 64	    /* a value of a request, with the NUL */
#define LOCAL	    "local" /* subsystem of log lines */

struct event;
struct own_pages;

TAILQ_HEAD(tenant_list, tenant);
LIST_HEAD(own_list, own_pages);

struct platform {
	struct event_base *base;
	struct platform_settings settings;
	const struct platform_upcalls *up;
	void *core;
	struct card card;
	struct event *card_event; /* the connection says something: its end */
	struct event *ring_event;
	struct event *retry;
	bool announced; /* card_came() was the last that was said */
	bool restored;	/* what was on record has come */
	char why[PLATFORM_REASON];
	uint64_t *cookies; /* by VIF number; 0: not created by us */
	uint64_t next_cookie;
	struct tenant_list tenants;
	struct names names; /* of them */
	struct own_list own;
};

struct tenant {
	TAILQ_ENTRY(tenant) link;
	struct platform *p;
	struct vif *vif;
	char name[TENANT_NAME];
	struct name called;
	char mac[TENANT_WORD]; /* these as asked for; "" for an absent one */
	char network[TENANT_WORD];
	char mtu[TENANT_WORD];
	char rate[TENANT_WORD];
	char limits[LIMITS_WORDS];
	char ip[SOURCE_WORDS];
	int listen_fd;
	struct event *listener;
	struct event *deaf; /* it is heard again then */
	int client_fd;	    /* -1: nobody */
	struct event *client;
	struct event *fresh; /* tells the daemon that a guest may come */
	bool offered;
	struct platform_offer offer;
	bool connected;	  /* control messages are taken */
	bool shared;	  /* memory of the client is with the card */
	uint64_t address; /* of that memory, for the card */
	uint32_t nr_pages;
	uint32_t queues; /* bitmap of the started ones */
	char reason[PLATFORM_REASON];
};

/* vif_cmd.c: the card functions of platform.h of the same name ... */
int local_port_query(struct platform *p, unsigned int port,
		     struct svnic_port_info *info);
int local_vif_list(struct platform *p, struct platform_vif *list,
		   unsigned int max);
int local_vif_create(struct platform *p, const struct svnic_vif_config *config,
		     uint64_t cookie, unsigned int *nr);
int local_vif_destroy(struct platform *p, unsigned int nr);
int local_vif_set(struct platform *p, unsigned int nr,
		  const struct svnic_vif_config *config);
int local_vif_query(struct platform *p, unsigned int nr,
		    struct svnic_vif_info *info);
int local_queue_start(struct platform *p, unsigned int nr, unsigned int queue,
		      struct tenant *t, uint32_t port,
		      const struct svnic_queue_config *config);
int local_queue_stop(struct platform *p, unsigned int nr, unsigned int queue);
int local_source_set(struct platform *p, unsigned int nr,
		     const struct svnic_source *list);
int local_groups_set(struct platform *p, unsigned int nr,
		     const struct svnic_groups *list);
int local_rss_set(struct platform *p, unsigned int nr,
		  const struct svnic_rss *rss);
/* ... and a command for @nr without arguments. */
int local_command(struct platform *p, unsigned int opcode, unsigned int nr,
		  unsigned int queue);

/* own.c: pages and doorbells, see platform.h. */
int own_pages_add(struct platform *p, unsigned int nr, struct tenant *t,
		  uint32_t first, const struct svnic_gref_entry *entries,
		  uint32_t count, uint32_t *failed);
int own_pages_del(struct platform *p, unsigned int nr, uint32_t first,
		  uint32_t count);
int own_pages_alloc(struct platform *p, unsigned int nr, uint32_t first,
		    uint32_t count, void **mem);
void own_pages_free(struct platform *p, unsigned int nr, uint32_t first,
		    uint32_t count, void *mem);
int own_doorbell_map(struct platform *p, unsigned int nr,
		     struct svnic_doorbell **doorbell);
void own_doorbell_unmap(struct platform *p, struct svnic_doorbell *doorbell);

/* tenant.c: the functions of platform.h of the same name ... */
int tenant_create(struct platform *p, const struct platform_request *request,
		  char *why);
int tenant_offer(struct platform *p, struct tenant *t,
		 const struct platform_offer *offer);
void tenant_withdraw(struct platform *p, struct tenant *t);
void tenant_state(struct platform *p, struct tenant *t, enum peer_state state);
void tenant_reason(struct platform *p, struct tenant *t, const char *reason);
void tenant_key(struct platform *p, struct tenant *t, const char *key,
		const char *value);
int tenant_connect(struct platform *p, struct tenant *t, char *why);
void tenant_disconnect(struct platform *p, struct tenant *t);
const char *tenant_name(struct platform *p, struct tenant *t);
void tenant_destroy(struct platform *p, struct tenant *t);
/* ... and one that was saved by an earlier daemon. */
void tenant_restore(struct platform *p, const struct platform_request *request);
/* The client is to go, or has gone: its queues, its memory, its socket. */
void tenant_drop(struct tenant *t);
/* For close(): as tenant_destroy(), but it stays on record. */
void tenant_free(struct tenant *t);

/* client.c: somebody connects to the tenant's socket. */
int client_listen(struct tenant *t);
void client_unlisten(struct tenant *t);
/* Stop its queues and take its memory from the card. */
void client_unshare(struct tenant *t);

/*
 * record.c: what was asked for, one file beside the socket, so that a
 * restarted daemon has the same VIFs.
 */
int record_save(const struct tenant *t);
void record_remove(const struct tenant *t);
/* tenant_restore() for each. */
void record_restore(struct platform *p);

#endif /* SVNICD_LOCAL_LOCAL_H */
