// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a local guest: a TAP interface that stays, and a VIF that comes
 * and goes with svnicd and the firmware.  Frames are read and written right
 * in the pages that the card sees.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>
#include <svnic/order.h>
#include "guest.h"
#include "tap.h"

#define RETRY_MS   50
#define BATCH	   64
#define KICK_EVERY 8

struct guest {
	const struct guest_options *options;
	struct tap tap;
	int signals;
	struct svnic *vif; /* NULL while there is none */
	int last_error;	   /* of svnic_open(), to say it once */
	time_t last_fault; /* to say it at most once a second */
	bool ended;	   /* there is no interface any more */
};

__attribute__((format(printf, 2, 3))) static void say(const struct guest *g,
						      const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "svnic-guest: vif %s: ", g->options->vif.name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static const char *open_error(int rc)
{
	switch (rc) {
	case -ENOENT:
		return "no such VIF at present, waiting for it (svnic-admin create)";
	case -ECONNREFUSED:
		return "svnicd does not run at present, waiting for it";
	case -ECONNRESET:
		return "another guest has it, or there is no card at present; waiting";
	case -EPERM:
		return "refused at present (svnic-admin show tells why), trying again";
	case -EPROTO:
		return "svnicd speaks another ABI version, trying again";
	default:
		return strerror(-rc);
	}
}

static void guest_detach(struct guest *g, const char *why)
{
	say(g, "detached: %s", why);
	tap_carrier(&g->tap, false);
	svnic_close(g->vif);
	g->vif = NULL;
	g->last_error = 0;
}

/* After an error of the TAP: its end would be told again and again. */
static void tap_failed(struct guest *g)
{
	if (tap_exists(&g->tap))
		return;
	say(g, "the interface %s is gone: that is the end", g->tap.name);
	g->ended = true;
}

static void guest_attach(struct guest *g)
{
	const struct svnic_tenant_info *info;
	const uint8_t *m;
	int rc;

	rc = svnic_open(&g->options->vif, &g->vif);
	if (rc) {
		if (rc != g->last_error)
			say(g, "%s", open_error(rc));
		g->last_error = rc;
		return;
	}
	info = svnic_info(g->vif);
	m = info->mac;
	rc = tap_configure(&g->tap, m, svnic_cpu16(info->mtu));
	if (rc == 0)
		rc = tap_carrier(&g->tap, true);
	if (rc) {
		guest_detach(g, strerror(-rc));
		tap_failed(g);
		return;
	}
	say(g,
	    "attached as %s, number %u, %02x:%02x:%02x:%02x:%02x:%02x, mtu %u",
	    g->tap.name, svnic_cpu16(info->vif), m[0], m[1], m[2], m[3], m[4],
	    m[5], svnic_cpu16(info->mtu));
}

/* From the stack to the card; how many frames, or -errno. */
static int pump_tx(struct guest *g)
{
	struct iovec iov[SVNIC_FRAME_PIECES];
	struct svnic_meta meta;
	ssize_t len;
	int nr, i, rc;

	for (i = 0; i < BATCH; i++) {
		nr = svnic_tx_frame(g->vif, iov, SVNIC_FRAME_PIECES);
		if (nr < 0)
			return nr;
		if (nr == 0)
			break;
		len = tap_read(&g->tap, iov, nr, &meta);
		if (len == -EAGAIN)
			break;
		if (len == -EPROTO)
			continue;
		if (len < 0)
			return (int)len;
		rc = svnic_tx_send(g->vif, (size_t)len, &meta);
		if (rc)
			continue;
		if (i % KICK_EVERY == 0)
			svnic_kick(g->vif);
	}
	return i;
}

/* From the card to the stack; how many frames, or -errno. */
static int pump_rx(struct guest *g)
{
	struct iovec iov[SVNIC_FRAME_PIECES];
	struct svnic_meta meta;
	int nr, i;

	for (i = 0; i < BATCH; i++) {
		nr = svnic_rx_frame(g->vif, iov, SVNIC_FRAME_PIECES, &meta);
		if (nr < 0)
			return nr;
		if (nr == 0)
			break;
		/* A frame that the stack refuses is the stack's to count. */
		(void)tap_write(&g->tap, iov, nr, &meta);
		svnic_rx_release(g->vif);
		if (i % KICK_EVERY == KICK_EVERY - 1)
			svnic_kick(g->vif);
	}
	return i;
}

static void guest_restart(struct guest *g, const char *why)
{
	time_t now = time(NULL);
	int rc;

	if (now != g->last_fault)
		say(g, "the queue is restarted: %s", why);
	g->last_fault = now;
	rc = svnic_restart(g->vif);
	if (rc)
		guest_detach(g, "the card does not restart the queue");
}

static const char *fault_text(unsigned int verdict)
{
#define AS_TEXT(nr, name, text) [nr] = text,
	static const char *const texts[] = { SVNIC_VERDICTS(AS_TEXT) };
#undef AS_TEXT

	if (verdict < sizeof(texts) / sizeof(texts[0]))
		return texts[verdict];
	return "for a reason unknown to this version";
}

/* true: the guest may sleep until something happens. */
static bool guest_pump(struct guest *g)
{
	unsigned int fault = svnic_fault(g->vif);
	int tx, rx;

	if (fault) {
		guest_restart(g, fault_text(fault));
		return false;
	}
	rx = pump_rx(g);
	tx = rx < 0 ? rx : pump_tx(g);
	if (rx == -EPROTO || tx == -EPROTO) {
		guest_restart(g, "the card broke the protocol");
		return false;
	}
	if (tx < 0)
		tap_failed(g);
	svnic_kick(g->vif);
	return tx < BATCH && rx < BATCH && !svnic_event_arm(g->vif);
}

/* Sleep, or only look when !@sleep; true: go on, false: it is time to end. */
static bool guest_poll(struct guest *g, bool sleep)
{
	struct pollfd fds[] = {
		{ .fd = g->signals, .events = POLLIN },
		{ .fd = svnic_control_fd(g->vif), .events = POLLIN },
		{ .fd = svnic_event_fd(g->vif), .events = POLLIN },
		{ .fd = g->tap.fd, .events = POLLIN },
	};

	/* Without room the TAP's queue is the place to wait. */
	if (svnic_tx_room(g->vif) < SVNIC_FRAME_PIECES)
		fds[3].fd = -1;
	if (poll(fds, 4, sleep ? -1 : 0) < 0)
		return errno == EINTR;
	if (fds[2].revents)
		svnic_event_clear(g->vif);
	svnic_event_disarm(g->vif);
	if (fds[1].revents)
		guest_detach(g, "svnicd has closed the VIF");
	return !fds[0].revents;
}

static bool guest_wait(struct guest *g)
{
	struct pollfd fd = { .fd = g->signals, .events = POLLIN };

	return poll(&fd, 1, RETRY_MS) <= 0;
}

static void guest_loop(struct guest *g)
{
	bool go_on = true;

	while (go_on && !g->ended) {
		if (!g->vif)
			guest_attach(g);
		if (!g->vif) {
			go_on = guest_wait(g);
			continue;
		}
		bool idle = guest_pump(g);

		if (g->vif && !g->ended)
			go_on = guest_poll(g, idle);
	}
}

static int guest_start(struct guest *g)
{
	const struct guest_options *o = g->options;
	sigset_t set;
	unsigned int i;
	int rc;

	rc = tap_open(&g->tap, o->tap);
	if (rc) {
		say(g,
		    "cannot make the TAP interface %s: %s; root and /dev/net/tun are needed, and the name must be free",
		    o->tap, strerror(-rc));
		return rc;
	}
	tap_carrier(&g->tap, false);
	for (i = 0; i < o->nr_addresses; i++) {
		rc = tap_address(&g->tap, o->address[i]);
		if (rc) {
			say(g, "cannot give %s the address %s: %s", g->tap.name,
			    o->address[i], strerror(-rc));
			goto err_close_tap;
		}
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	g->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (g->signals >= 0)
		return 0;
	rc = -errno;
	say(g, "signalfd: %s", strerror(-rc));
err_close_tap:
	tap_close(&g->tap);
	return rc;
}

int guest_run(const struct guest_options *options)
{
	struct guest g = { .options = options };

	if (guest_start(&g))
		return 1;
	guest_loop(&g);
	svnic_close(g.vif);
	close(g.signals);
	tap_close(&g.tap);
	return g.ended ? 1 : 0;
}
