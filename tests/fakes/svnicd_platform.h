/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A platform that keeps in memory what svnicd did to its card and tenants, and
 * fails where a test says so.
 */
#ifndef FAKES_SVNICD_PLATFORM_H
#define FAKES_SVNICD_PLATFORM_H

#include "daemon.h"
#include "vif.h"

#define FAKE_VIFS 8

struct tenant {
	unsigned int state; /* as told last */
	char states[32];    /* all of them, a digit each */
	char reason[PLATFORM_REASON];
	char key[128];	  /* "mtu=1400", the last one; "-" for none */
	const char *name; /* of the guest; NULL: "guest" */
	char carrier;
	bool keyed; /* netif's keys are there */
	bool rings; /* it has netif */
	bool asleep;
	bool offered;
	uint32_t epoch; /* of the offer */
	bool connected;
	bool destroyed;
};

struct fake_vif {
	bool used;
	uint64_t cookie;
	struct svnic_vif_config config;
	struct svnic_source source;
	struct svnic_groups groups;
	unsigned int nr_groups_set; /* times */
	uint32_t queues;
	uint32_t nr_pages;
};

struct platform {
	struct fake_vif vif[FAKE_VIFS];
	/* What the next call of that kind returns; 0: it works. */
	int create_result, set_result, offer_result, connect_result;
	int list_result, add_result, start_result, rss_result;
	int source_result;
	/* The page that a tenant names. */
	union {
		struct svnic_gref_entry list[SVNIC_PAGES_BATCH];
		struct svnic_rss rss;
		struct svnic_groups groups;
	};
	struct svnic_rss card_rss; /* as the card has it */
	struct svnic_vif_stats stats;
	/* Of the last queue_start(), pages_add(), pages_del(). */
	struct svnic_queue_config queue_config;
	uint32_t port, first, count;
	unsigned int nr_calls; /* that reached the card */
	unsigned int nr_names; /* of tenants that were asked for */
};

extern const struct platform_ops fake_ops;

/* A daemon with the default configuration and a card; no event loop. */
void fake_daemon_init(struct daemon *d, struct platform *p);
void fake_daemon_fini(struct daemon *d);

/* A good request for 3.@devid. */
struct platform_request fake_request(unsigned int devid);
/* That VIF, waiting, on a fresh tenant @t without netif rings. */
struct vif *fake_vif(struct daemon *d, struct tenant *t, unsigned int devid);

#endif /* FAKES_SVNICD_PLATFORM_H */
