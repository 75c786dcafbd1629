/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a VIF holds of the card and of its guest: a number, pages, queues, a
 * doorbell page, netif rings, the control ring.  These are the actions of the
 * table in vif_table.c: each may be called in any state of what is held, does
 * only what is missing, and returns EV_NONE or the event that its failure is.
 */
#ifndef SVNICD_HOLD_H
#define SVNICD_HOLD_H

#include "vif.h"

/* All that a guest must know before it connects, and a number on the card. */
enum vif_event hold_offer(struct vif *vif);
/*
 * A number for a connected guest: the one that an earlier daemon had, or a new
 * one after the card was lost, and the paths over it.
 */
enum vif_event hold_adopt(struct vif *vif);
/* The guest's netif rings and its control ring, whichever it has. */
enum vif_event hold_connect(struct vif *vif);
/*
 * The guest had time to leave a direct path that was withdrawn; or what did
 * not start may be tried again.
 */
enum vif_event hold_late(struct vif *vif);
/* Neither rings, nor queues, nor pages. */
enum vif_event hold_disconnect(struct vif *vif);
/* Nothing at all. */
enum vif_event hold_release(struct vif *vif);
/*
 * No number: the card has forgotten everything itself, or it is given back.
 * Netif rings stay, and the control ring with them.
 */
enum vif_event hold_forget(struct vif *vif);
/* hold_forget(), then hold_release(). */
enum vif_event hold_vanish(struct vif *vif);

/* Offer the direct path, or not, by an administrator's wish. */
void hold_allow(struct vif *vif, bool direct);

#endif /* SVNICD_HOLD_H */
