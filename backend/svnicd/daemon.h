/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The daemon: one card, one platform, a list of VIFs, a control socket.  It
 * owns what they share and hands the platform's calls on to the VIF they are
 * for.
 */
#ifndef SVNICD_DAEMON_H
#define SVNICD_DAEMON_H

#include <sys/queue.h>

#include "config.h"
#include "names.h"
#include "platform.h"

struct capture;
struct control;
struct event;
struct vif;

TAILQ_HEAD(vif_list, vif);
LIST_HEAD(capture_list, capture);

struct daemon {
	struct event_base *base;
	struct config config;
	const char *config_path;
	bool platform_given, socket_given; /* in the command line */
	bool config_is_default;		   /* the path was not asked for */
	bool debug; /* asked for, whatever the file says */
	const struct platform_ops *ops;
	struct platform *platform;
	struct platform_card card; /* valid while has_card */
	bool has_card;
	bool tenants_known;
	char no_card[PLATFORM_REASON]; /* why not */
	struct platform_vif *left;     /* on the card when it came */
	unsigned int nr_left;
	struct netif_turns *turns;
	struct vif_list vifs;
	unsigned int nr_vifs;
	struct names names; /* of those that are not detached */
	struct vif *numbered[SVNIC_MAX_VIFS]; /* by number on the card */
	unsigned int nr_numbered;	      /* how many of them */
	struct capture_list captures;
	uint64_t next_cookie; /* of monitors and local VIFs */
	uint32_t next_epoch;  /* of numbers on the card */
	struct event *retry;
	struct control *control; /* NULL before daemon_run() */
	int control_failed;	 /* -errno */
	struct event *signals[4];
};

struct daemon_options {
	const char *config_path; /* NULL: the default, which may be missing */
	const char *platform;	 /* NULL: as the configuration says */
	const char *socket;	 /* likewise */
	bool debug;
	bool standby; /* see keeper.h */
	bool trial;   /* likewise */
};

/* Where the file is looked for when --config is not given. */
const char *daemon_config_path(void);

/*
 * Reads the configuration and takes what cannot be waited for, and what another
 * daemon does not have; errors are logged.  0, -EINVAL for a bad configuration, or another -errno.
 */
int daemon_init(struct daemon *d, const struct daemon_options *options);
/*
 * Until SIGTERM or SIGINT; leaves card and guests as they are.  @late: another
 * one served until a moment ago, and its guests come before the control socket.
 */
int daemon_run(struct daemon *d, bool late);
void daemon_fini(struct daemon *d);

/* The VIF of that name ("3.0", or "guest.0" where names are unique). */
struct vif *daemon_find(struct daemon *d, const char *name);
struct vif *daemon_find_nr(struct daemon *d, unsigned int nr);
/* @vif has this number on the card from now on; SVNIC_VIF_NONE: none. */
void daemon_number(struct daemon *d, struct vif *vif, unsigned int nr);
/* Another one each time, also after a restart. */
uint32_t daemon_epoch(struct daemon *d);
/* A cookie that no guest has. */
uint64_t daemon_cookie(struct daemon *d);

/* daemon_card.c: these are upcalls, see struct platform_upcalls. */
void daemon_card_came(void *core);
void daemon_card_lost(void *core, const char *why);
void daemon_card_fault(void *core, unsigned int nr, unsigned int queue,
		       unsigned int verdict);
void daemon_card_event(void *core, unsigned int nr, unsigned int queue);
void daemon_tenants_known(void *core);

/* There is none, for this reason. */
void daemon_no_card(struct daemon *d, const char *why);
/* Warns of networks whose port the card does not have. */
void daemon_check_ports(const struct daemon *d);
/*
 * What the card had for @cookie when it came, or NULL; whoever takes it up
 * makes its cookie 0.
 */
struct platform_vif *daemon_left(struct daemon *d, uint64_t cookie);
/* From the event loop: those that wait for a number try again. */
void daemon_retry(struct daemon *d);

#endif /* SVNICD_DAEMON_H */
