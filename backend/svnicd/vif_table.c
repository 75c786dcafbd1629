/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life cycle of a VIF: the table, and what each arrow does.  An action
 * runs before the new state is published, so that whoever reads the state may
 * rely on what it says: InitWait after all keys, Closed after all was given
 * back.  An action that fails returns the event that its failure is.
 *
 *            +--> REFUSED -------------------------------+
 *   NEW -----+                                           |
 *            +--> INIT_WAIT <-----------+                |
 *                  |   ^ |              |                | (toolstack,
 *                  |   | +-> BARE       |                |  or the guest
 *                  v   +-----| |        |                |  is gone)
 *              CONNECTED       |     CLOSED <-- LOST     |
 *                |   ^ |       v        ^                |
 *                |   | +-> ADRIFT ---> CLOSING           |
 *                |   +-----| |                           |
 *                v           v                           v
 *                 DETACHING ------------------------> DETACHED
 *
 * BARE and ADRIFT are INIT_WAIT and CONNECTED without a number on a card: the
 * guest keeps its netif rings, nothing moves, and all goes on when a card is
 * there.  LOST is for guests that have no netif: they must connect anew.
 */
#include "vif.h"

#include <errno.h>

#include "daemon.h"
#include "hold.h"

typedef enum vif_event (*action_fn)(struct vif *vif);

struct transition {
	enum vif_state next;
	action_fn action;
};

#define IN(name)                   \
	{                          \
		.next = VIF_##name \
	}
#define TO(name, what)                               \
	{                                            \
		.next = VIF_##name, .action = (what) \
	}

static enum vif_event fault(struct vif *vif);
static enum vif_event reoffer(struct vif *vif);
static enum vif_event strand(struct vif *vif);
static enum vif_event wait_for_peer(struct vif *vif);

static const struct transition vif_table[VIF_STATE_NR][EV_NR] = {
	[VIF_NEW] = {
		[EV_PEER_INITIALISING] = IN(NEW),
		[EV_PEER_WAITING] = IN(NEW),
		[EV_PEER_CONNECTED] = IN(NEW),
		[EV_PEER_CLOSING] = IN(NEW),
		[EV_PEER_CLOSED] = IN(NEW),
		[EV_PEER_GONE] = TO(DETACHED, hold_release),
		[EV_PEER_FAULT] = IN(NEW),
		[EV_REFUSE] = TO(REFUSED, hold_release),
		[EV_OFFLINE] = TO(DETACHED, hold_release),
		[EV_CARD_LOST] = TO(REFUSED, hold_forget),
		[EV_CARD_CAME] = TO(INIT_WAIT, hold_offer),
		[EV_LATE] = IN(NEW),
		[EV_NO_CARD] = TO(REFUSED, hold_release),
		[EV_NO_PATH] = TO(REFUSED, hold_release),
	},
	[VIF_REFUSED] = {
		[EV_PEER_INITIALISING] = IN(REFUSED),
		[EV_PEER_WAITING] = IN(REFUSED),
		[EV_PEER_CONNECTED] = IN(REFUSED),
		[EV_PEER_CLOSING] = IN(REFUSED),
		[EV_PEER_CLOSED] = IN(REFUSED),
		[EV_PEER_GONE] = IN(DETACHED),
		[EV_PEER_FAULT] = IN(REFUSED),
		[EV_REFUSE] = IN(REFUSED),
		[EV_OFFLINE] = IN(DETACHED),
		[EV_CARD_LOST] = IN(REFUSED),
		[EV_CARD_CAME] = IN(REFUSED),
		[EV_LATE] = IN(REFUSED),
		[EV_NO_CARD] = IN(REFUSED),
		[EV_NO_PATH] = IN(REFUSED),
	},
	[VIF_INIT_WAIT] = {
		[EV_PEER_INITIALISING] = IN(INIT_WAIT),
		[EV_PEER_WAITING] = IN(INIT_WAIT),
		[EV_PEER_CONNECTED] = TO(CONNECTED, hold_connect),
		[EV_PEER_CLOSING] = TO(CLOSING, hold_disconnect),
		[EV_PEER_CLOSED] = TO(CLOSED, hold_disconnect),
		[EV_PEER_GONE] = TO(DETACHED, hold_release),
		[EV_PEER_FAULT] = TO(CLOSED, fault),
		[EV_REFUSE] = TO(REFUSED, hold_release),
		[EV_OFFLINE] = TO(DETACHED, hold_release),
		[EV_CARD_LOST] = TO(BARE, strand),
		[EV_CARD_CAME] = TO(INIT_WAIT, hold_offer),
		[EV_LATE] = IN(INIT_WAIT),
		[EV_NO_CARD] = TO(BARE, hold_forget),
		[EV_NO_PATH] = TO(LOST, hold_forget),
	},
	[VIF_BARE] = {
		[EV_PEER_INITIALISING] = IN(BARE),
		[EV_PEER_WAITING] = IN(BARE),
		[EV_PEER_CONNECTED] = TO(ADRIFT, hold_connect),
		[EV_PEER_CLOSING] = TO(CLOSING, hold_disconnect),
		[EV_PEER_CLOSED] = TO(CLOSED, hold_disconnect),
		[EV_PEER_GONE] = TO(DETACHED, hold_release),
		[EV_PEER_FAULT] = TO(CLOSED, fault),
		[EV_REFUSE] = IN(BARE),
		[EV_OFFLINE] = TO(DETACHED, hold_release),
		[EV_CARD_LOST] = IN(BARE),
		[EV_CARD_CAME] = TO(INIT_WAIT, hold_offer),
		[EV_LATE] = IN(BARE),
		[EV_NO_CARD] = TO(BARE, hold_forget),
		[EV_NO_PATH] = TO(LOST, hold_forget),
	},
	[VIF_CONNECTED] = {
		[EV_PEER_INITIALISING] = TO(INIT_WAIT, reoffer),
		[EV_PEER_WAITING] = IN(CONNECTED),
		[EV_PEER_CONNECTED] = TO(CONNECTED, hold_connect),
		[EV_PEER_CLOSING] = TO(CLOSING, hold_disconnect),
		[EV_PEER_CLOSED] = TO(CLOSED, hold_disconnect),
		[EV_PEER_GONE] = TO(DETACHED, hold_release),
		[EV_PEER_FAULT] = TO(CLOSED, fault),
		[EV_REFUSE] = TO(ADRIFT, hold_forget),
		[EV_OFFLINE] = TO(DETACHING, wait_for_peer),
		[EV_CARD_LOST] = TO(ADRIFT, strand),
		[EV_CARD_CAME] = TO(CONNECTED, hold_adopt),
		[EV_LATE] = TO(CONNECTED, hold_late),
		[EV_NO_CARD] = TO(BARE, hold_forget),
		[EV_NO_PATH] = TO(LOST, hold_forget),
	},
	[VIF_ADRIFT] = {
		[EV_PEER_INITIALISING] = TO(INIT_WAIT, reoffer),
		[EV_PEER_WAITING] = IN(ADRIFT),
		[EV_PEER_CONNECTED] = TO(ADRIFT, hold_connect),
		[EV_PEER_CLOSING] = TO(CLOSING, hold_disconnect),
		[EV_PEER_CLOSED] = TO(CLOSED, hold_disconnect),
		[EV_PEER_GONE] = TO(DETACHED, hold_release),
		[EV_PEER_FAULT] = TO(CLOSED, fault),
		[EV_REFUSE] = IN(ADRIFT),
		[EV_OFFLINE] = TO(DETACHING, wait_for_peer),
		[EV_CARD_LOST] = IN(ADRIFT),
		[EV_CARD_CAME] = TO(CONNECTED, hold_adopt),
		[EV_LATE] = IN(ADRIFT),
		[EV_NO_CARD] = TO(BARE, hold_forget),
		[EV_NO_PATH] = TO(LOST, hold_forget),
	},
	[VIF_CLOSING] = {
		[EV_PEER_INITIALISING] = TO(INIT_WAIT, reoffer),
		[EV_PEER_WAITING] = IN(CLOSING),
		[EV_PEER_CONNECTED] = IN(CLOSING),
		[EV_PEER_CLOSING] = IN(CLOSING),
		[EV_PEER_CLOSED] = IN(CLOSED),
		[EV_PEER_GONE] = TO(DETACHED, hold_release),
		[EV_PEER_FAULT] = TO(CLOSED, fault),
		[EV_REFUSE] = IN(CLOSING),
		[EV_OFFLINE] = TO(DETACHED, hold_release),
		[EV_CARD_LOST] = TO(CLOSING, hold_forget),
		[EV_CARD_CAME] = IN(CLOSING),
		[EV_LATE] = IN(CLOSING),
		[EV_NO_CARD] = TO(BARE, hold_forget),
		[EV_NO_PATH] = TO(LOST, hold_forget),
	},
	[VIF_CLOSED] = {
		[EV_PEER_INITIALISING] = TO(INIT_WAIT, hold_offer),
		[EV_PEER_WAITING] = IN(CLOSED),
		[EV_PEER_CONNECTED] = IN(CLOSED),
		[EV_PEER_CLOSING] = IN(CLOSED),
		[EV_PEER_CLOSED] = IN(CLOSED),
		[EV_PEER_GONE] = TO(DETACHED, hold_release),
		[EV_PEER_FAULT] = IN(CLOSED),
		[EV_REFUSE] = IN(CLOSED),
		[EV_OFFLINE] = TO(DETACHED, hold_release),
		[EV_CARD_LOST] = TO(CLOSED, hold_forget),
		[EV_CARD_CAME] = IN(CLOSED),
		[EV_LATE] = IN(CLOSED),
		[EV_NO_CARD] = TO(BARE, hold_forget),
		[EV_NO_PATH] = TO(LOST, hold_forget),
	},
	[VIF_LOST] = {
		[EV_PEER_INITIALISING] = TO(INIT_WAIT, hold_offer),
		[EV_PEER_WAITING] = IN(LOST),
		[EV_PEER_CONNECTED] = IN(LOST),
		[EV_PEER_CLOSING] = IN(LOST),
		[EV_PEER_CLOSED] = IN(LOST),
		[EV_PEER_GONE] = TO(DETACHED, hold_release),
		[EV_PEER_FAULT] = IN(LOST),
		[EV_REFUSE] = IN(LOST),
		[EV_OFFLINE] = TO(DETACHED, hold_release),
		[EV_CARD_LOST] = IN(LOST),
		[EV_CARD_CAME] = TO(INIT_WAIT, hold_offer),
		[EV_LATE] = IN(LOST),
		[EV_NO_CARD] = TO(BARE, hold_forget),
		[EV_NO_PATH] = IN(LOST),
	},
	[VIF_DETACHING] = {
		[EV_PEER_INITIALISING] = TO(DETACHED, hold_release),
		[EV_PEER_WAITING] = IN(DETACHING),
		[EV_PEER_CONNECTED] = IN(DETACHING),
		[EV_PEER_CLOSING] = IN(DETACHING),
		[EV_PEER_CLOSED] = TO(DETACHED, hold_release),
		[EV_PEER_GONE] = TO(DETACHED, hold_release),
		[EV_PEER_FAULT] = TO(DETACHED, hold_release),
		[EV_REFUSE] = IN(DETACHING),
		[EV_OFFLINE] = IN(DETACHING),
		[EV_CARD_LOST] = TO(DETACHED, hold_vanish),
		[EV_CARD_CAME] = IN(DETACHING),
		[EV_LATE] = TO(DETACHED, hold_release),
		[EV_NO_CARD] = IN(DETACHING),
		[EV_NO_PATH] = IN(DETACHING),
	},
	[VIF_DETACHED] = {
		[EV_PEER_INITIALISING] = IN(DETACHED),
		[EV_PEER_WAITING] = IN(DETACHED),
		[EV_PEER_CONNECTED] = IN(DETACHED),
		[EV_PEER_CLOSING] = IN(DETACHED),
		[EV_PEER_CLOSED] = IN(DETACHED),
		[EV_PEER_GONE] = IN(DETACHED),
		[EV_PEER_FAULT] = IN(DETACHED),
		[EV_REFUSE] = IN(DETACHED),
		[EV_OFFLINE] = IN(DETACHED),
		[EV_CARD_LOST] = IN(DETACHED),
		[EV_CARD_CAME] = IN(DETACHED),
		[EV_LATE] = IN(DETACHED),
		[EV_NO_CARD] = IN(DETACHED),
		[EV_NO_PATH] = IN(DETACHED),
	},
};

#define VIF_AS_TEXT(name, peer, text) [VIF_##name] = (text),
#define VIF_AS_PEER(name, peer, text) [VIF_##name] = (peer),
#define VIF_AS_WHY(name, text)	      [EV_##name] = (text),

static const char *const state_texts[] = { VIF_STATES(VIF_AS_TEXT) };
static const enum peer_state state_peers[] = { VIF_STATES(VIF_AS_PEER) };
static const char *const event_texts[] = { VIF_EVENTS(VIF_AS_WHY) };

const char *vif_state_text(enum vif_state state)
{
	return state_texts[state];
}

const char *vif_event_text(enum vif_event event)
{
	return event_texts[event];
}

static void publish(struct vif *vif, enum peer_state state)
{
	vif->published = state;
	vif->d->ops->tenant_state(vif->d->platform, vif->tenant, state);
}

/* Both steps are shown: a frontend may wait for either. */
static enum vif_event fault(struct vif *vif)
{
	enum vif_event failed = hold_disconnect(vif);

	publish(vif, PEER_CLOSING);
	return failed;
}

/* A fresh driver took over; it expects the walk from Closing on. */
static enum vif_event reoffer(struct vif *vif)
{
	fault(vif);
	publish(vif, PEER_CLOSED);
	return hold_offer(vif);
}

/* A guest that has netif keeps its rings and waits for a card. */
static enum vif_event strand(struct vif *vif)
{
	bool waits = vif->state == VIF_INIT_WAIT && vif->keyed;

	hold_forget(vif);
	return vif->netif || waits ? EV_NONE : EV_NO_PATH;
}

/* Its driver may still have messages for us before it closes. */
static enum vif_event wait_for_peer(struct vif *vif)
{
	bool closed = vif->peer == PEER_CLOSED || vif->peer == PEER_GONE;

	/* Nobody would ever say that it is late. */
	return vif_expect(vif, closed) ? EV_PEER_GONE : EV_NONE;
}

int vif_event(struct vif *vif, enum vif_event event)
{
	const struct transition *t;
	enum vif_state old = vif->state;
	enum vif_event failed;

	if (event <= EV_NONE || event >= EV_NR)
		return -EPROTO;
	t = &vif_table[old][event];
	if (!t->next)
		return -EPROTO;
	failed = t->action ? t->action(vif) : EV_NONE;
	if (failed)
		return vif_event(vif, failed);
	vif->state = t->next;
	/* It is there for the toolstack's directory alone. */
	if (t->next == VIF_DETACHED)
		names_del(&vif->called);
	if (old != t->next && log_allowed(&vif->limit, "vif"))
		log_info("vif", "%s: %s -> %s (%s)", vif->name,
			 vif_state_text(old), vif_state_text(t->next),
			 vif_event_text(event));
	/* libxl may have written over our state: say it again then. */
	if (vif->published != state_peers[t->next] || event == EV_OFFLINE)
		publish(vif, state_peers[t->next]);
	return 0;
}
