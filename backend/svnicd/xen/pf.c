/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The card through svnic_pf: finding /dev/svnicN, its ioctls, its events.  The
 * device may be missing, or vanish, at any moment; it is looked for once a
 * second then.
 */
#include "pf.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <event2/event.h>

#include <svnic/order.h>

#include "../log.h"
#include "dom0.h"
#include "channel.h"
#include "start.h"
#include "window.h"

#define OF_GUEST     ((1u << SVNIC_SLOW_QUEUE) - 1)
#define PF_TAKE_OVER 100 /* times 20 ms for an old daemon to let go */

int pf_call(struct platform *p, unsigned long request, void *arg,
	    const uint32_t *status)
{
	if (p->fd < 0)
		return -ENODEV;
	if (ioctl(p->fd, request, arg) == 0)
		return 0;
	if (errno == EIO && status && *status)
		return (int)*status;
	return -errno;
}

static int admin(struct platform *p, struct svnic_pf_admin *a)
{
	return pf_call(p, SVNIC_PF_ADMIN, a, &a->status);
}

/* Coming and going ---------------------------------------------------- */

static void pf_close(struct platform *p)
{
	if (p->pf_event)
		event_free(p->pf_event);
	p->pf_event = NULL;
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

static void look_again(struct platform *p)
{
	static const struct timeval second = { .tv_sec = 1 };

	evtimer_add(p->pf_timer, &second);
}

static void lost(struct platform *p, const char *why)
{
	/* By the file, which what is mapped of it keeps for a while. */
	channel_card_lost(p);
	pf_close(p);
	p->told = true;
	p->up->card_lost(p->core, why);
	look_again(p);
}

static void hand_on(struct platform *p, const struct svnic_event *e)
{
	unsigned int nr = svnic_cpu16(e->vif);

	if (e->reason == SVNIC_EVENT_FAULT)
		p->up->card_fault(p->core, nr, e->queue, svnic_cpu32(e->arg));
	else if (e->reason == SVNIC_EVENT_QUEUE)
		p->up->card_event(p->core, nr, e->queue);
	else if (e->reason == SVNIC_PF_EVENT_PORT)
		channel_rang(p, svnic_cpu32(e->arg));
}

void pf_hand_on(struct platform *p, const struct svnic_event *e,
		unsigned int nr)
{
	/* What is handed on may lose the card, and with it nothing here. */
	for (; nr; nr--)
		hand_on(p, e++);
}

static void readable(evutil_socket_t fd, short what, void *arg)
{
	struct platform *p = arg;
	struct svnic_event e[PF_EVENTS];
	ssize_t n = read(fd, e, sizeof(e));

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		lost(p, "the card's link is lost");
		return;
	}
	pf_hand_on(p, e, (unsigned int)((size_t)n / sizeof(e[0])));
}

static int try_open(struct platform *p, const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	int err;

	if (fd < 0)
		return -errno;
	p->fd = fd;
	err = pf_call(p, SVNIC_PF_INFO, &p->info, NULL);
	/* The call has the size of its answer in its number. */
	if (err == -ENOTTY || (!err && p->info.interface != SVNIC_PF_INTERFACE))
		err = -EPROTONOSUPPORT;
	if (!err && !(p->info.status & SVNIC_STATUS_READY))
		err = -ENODEV;
	p->pf_event = event_new(p->base, fd, EV_READ | EV_PERSIST, readable, p);
	if (!err && (!p->pf_event || event_add(p->pf_event, NULL)))
		err = -ENOMEM;
	if (err) {
		pf_close(p);
		return err;
	}
	snprintf(p->device, sizeof(p->device), "%s", path);
	p->info.pci[sizeof(p->info.pci) - 1] = '\0';
	p->info.netdev[sizeof(p->info.netdev) - 1] = '\0';
	return 0;
}

/* The configured device, or the first that opens. */
static int find(struct platform *p)
{
	glob_t g;
	size_t i;
	int err = -ENOENT;

	if (p->settings.card[0])
		return try_open(p, p->settings.card);
	if (glob("/dev/svnic[0-9]*", 0, NULL, &g) != 0)
		return -ENOENT;
	for (i = 0; i < g.gl_pathc && err; i++)
		err = try_open(p, g.gl_pathv[i]);
	globfree(&g);
	return err;
}

static void say_missing(struct platform *p, int err)
{
	const char *path =
		p->settings.card[0] ? p->settings.card : "/dev/svnic0";

	if (p->told)
		return;
	p->told = true;
	if (err == -ENOENT)
		log_warnx(
			"card",
			"%s is not there: no svnic card was found; load svnic_pf, or see whether lspci shows 5356:4e49; svnicd waits for it",
			path);
	else if (err == -EBUSY)
		log_warnx(
			"card",
			"%s is in use by another svnicd; stop that one; svnicd waits for it",
			path);
	else if (err == -EPROTONOSUPPORT)
		log_warnx(
			"card",
			"%s is of a svnic_pf from another release than this svnicd; install both from one, then rmmod svnic_pf and modprobe it; svnicd waits for it",
			path);
	else
		log_warnx("card", "%s cannot be used: %s; svnicd waits for it",
			  path, strerror(-err));
}

static void tick(evutil_socket_t fd, short what, void *arg)
{
	struct platform *p = arg;
	int err = find(p);

	(void)fd;
	(void)what;
	if (err) {
		say_missing(p, err);
		look_again(p);
		return;
	}
	p->told = false;
	channel_card_came(p);
	p->up->card_came(p->core);
}

int pf_start(struct platform *p)
{
	unsigned int i;
	int err;

	p->pf_timer = evtimer_new(p->base, tick, p);
	if (!p->pf_timer)
		return -ENOMEM;
	/*
	 * A daemon that was killed a moment ago may not have closed it yet.
	 * Guests that it served must not be shown a missing card for that.
	 */
	for (i = 0; (err = find(p)) == -EBUSY && i < PF_TAKE_OVER; i++)
		usleep(20000);
	if (err) {
		say_missing(p, err);
		look_again(p);
	} else {
		p->up->card_came(p->core);
	}
	return 0;
}

void pf_stop(struct platform *p)
{
	pf_close(p);
	if (p->pf_timer)
		event_free(p->pf_timer);
	p->pf_timer = NULL;
}

/* Questions -------------------------------------------------------------- */

int pf_card_info(struct platform *p, struct platform_card *info)
{
	struct svnic_pf_info i;
	int err = pf_call(p, SVNIC_PF_INFO, &i, NULL);

	if (err)
		return err;
	p->info = i;
	memset(info, 0, sizeof(*info));
	snprintf(info->name, sizeof(info->name), "%.15s", i.pci);
	snprintf(info->netdev, sizeof(info->netdev), "%.15s", i.netdev);
	info->version = i.version;
	info->features = i.features;
	info->status = i.status;
	info->link = i.link;
	info->ports = i.ports;
	info->max_vifs = i.max_vifs;
	info->epoch = i.epoch;
	info->own_vif = i.own_vif;
	return 0;
}

static int query(struct platform *p, unsigned int opcode, unsigned int vif,
		 unsigned int queue, void *payload, size_t size)
{
	struct svnic_pf_admin a = {
		.cmd = {
			.opcode = svnic_le16((uint16_t)opcode),
			.vif = svnic_le16((uint16_t)vif),
			.queue = svnic_le16((uint16_t)queue),
		},
		.payload = (uintptr_t)payload,
		.payload_len = (uint32_t)size,
	};

	return admin(p, &a);
}

int pf_port_query(struct platform *p, unsigned int port,
		  struct svnic_port_info *info)
{
	struct svnic_port_info i;
	int err = query(p, SVNIC_OP_PORT_QUERY, 0, port, &i, sizeof(i));

	if (err)
		return err;
	i.name[sizeof(i.name) - 1] = '\0';
	*info = i;
	return 0;
}

int pf_vif_query(struct platform *p, unsigned int nr,
		 struct svnic_vif_info *info)
{
	struct svnic_vif_info i;
	int err = query(p, SVNIC_OP_VIF_QUERY, nr, 0, &i, sizeof(i));

	if (!err)
		*info = i;
	return err;
}

static int list_one(struct platform *p, unsigned int nr,
		    struct platform_vif *out)
{
	struct svnic_pf_vif v = { .vif = nr };
	int err = pf_call(p, SVNIC_PF_VIF_INFO, &v, NULL);

	if (err)
		return err;
	out->nr = nr;
	out->cookie = v.cookie;
	out->nr_pages = v.nr_pages;
	out->queues = v.queues;
	return 0;
}

int pf_vif_list(struct platform *p, struct platform_vif *list, unsigned int max)
{
	uint8_t bits[SVNIC_MAX_VIFS / 8];
	unsigned int n = 0;
	unsigned int i;
	int err = query(p, SVNIC_OP_VIF_LIST, 0, 0, bits, sizeof(bits));

	if (err)
		return err < 0 ? err : -EIO;
	for (i = 0; i < SVNIC_MAX_VIFS && n < max; i++) {
		if (!(bits[i / 8] & 1u << i % 8))
			continue;
		/* One that svnic_pf does not know was made by nobody here. */
		err = list_one(p, i, &list[n]);
		if (err == -ENODEV)
			return err;
		if (err)
			continue;
		/* Who has no queue is not connected, and in no hurry. */
		if (list[n].queues)
			start_note(p, list[n].cookie,
				   !(list[n].queues & OF_GUEST));
		n++;
	}
	return (int)n;
}

/* VIFs ----------------------------------------------------------------- */

static int create_at(struct platform *p, const struct svnic_vif_config *config,
		     uint64_t cookie, unsigned int want, unsigned int *nr)
{
	struct svnic_pf_create c = {
		.config = *config,
		.cookie = cookie,
		.vif = want,
	};
	int err = pf_call(p, SVNIC_PF_VIF_CREATE, &c, &c.status);

	if (err)
		return err;
	if (c.vif >= SVNIC_MAX_VIFS)
		return -EPROTO;
	*nr = c.vif;
	return 0;
}

/* The card's choice is as good as any, unless window.c objects to it. */
int pf_vif_create(struct platform *p, const struct svnic_vif_config *config,
		  uint64_t cookie, unsigned int *nr)
{
	uint32_t domid = (uint32_t)(cookie >> 32);
	unsigned int got;
	unsigned int i;
	int err = create_at(p, config, cookie, SVNIC_VIF_NONE, &got);

	if (!err && !window_is_free(p, got, domid)) {
		pf_vif_destroy(p, got);
		err = SVNIC_ST_NO_VIFS;
		for (i = 0; i < p->info.max_vifs && i < SVNIC_MAX_VIFS; i++) {
			if (!window_is_free(p, i, domid))
				continue;
			err = create_at(p, config, cookie, i, &got);
			if (err != SVNIC_ST_BUSY)
				break;
		}
		if (err == SVNIC_ST_BUSY)
			err = SVNIC_ST_NO_VIFS;
	}
	if (!err)
		*nr = got;
	return err;
}

int pf_vif_destroy(struct platform *p, unsigned int nr)
{
	__u32 vif = nr;

	return pf_call(p, SVNIC_PF_VIF_DESTROY, &vif, NULL);
}

int pf_vif_set(struct platform *p, unsigned int nr,
	       const struct svnic_vif_config *config)
{
	struct svnic_pf_admin a = {
		.cmd = {
			.opcode = svnic_le16(SVNIC_OP_VIF_SET),
			.vif = svnic_le16((uint16_t)nr),
			.arg.vif_config = *config,
		},
	};

	return admin(p, &a);
}

static int set(struct platform *p, unsigned int opcode, unsigned int nr,
	       const void *payload, size_t len)
{
	struct svnic_pf_admin a = {
		.cmd = {
			.opcode = svnic_le16((uint16_t)opcode),
			.vif = svnic_le16((uint16_t)nr),
		},
		.payload = (uintptr_t)payload,
		.payload_len = (uint32_t)len,
	};

	return admin(p, &a);
}

int pf_rss_set(struct platform *p, unsigned int nr, const struct svnic_rss *rss)
{
	return set(p, SVNIC_OP_RSS_SET, nr, rss, sizeof(*rss));
}

int pf_source_set(struct platform *p, unsigned int nr,
		  const struct svnic_source *list)
{
	return set(p, SVNIC_OP_SOURCE_SET, nr, list, sizeof(*list));
}

int pf_groups_set(struct platform *p, unsigned int nr,
		  const struct svnic_groups *list)
{
	return set(p, SVNIC_OP_GROUPS_SET, nr, list, sizeof(*list));
}
