/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a VIF holds of the card and of its guest: a number, pages, queues, a
 * doorbell page, the control ring.  These are the actions of the table in
 * vif.c: each may be called in any state of what is held, does only what is
 * missing, and returns EV_NONE or the event that its failure is.
 */
#ifndef SVNICD_HOLD_H
#define SVNICD_HOLD_H

#include "vif.h"

/* A number on the card, and all that the guest must know of it. */
enum vif_event hold_offer(struct vif *vif);
/* Take up the number that an earlier daemon had for a connected guest. */
enum vif_event hold_adopt(struct vif *vif);
/* The control ring. */
enum vif_event hold_connect(struct vif *vif);
/* Neither control ring, nor queues, nor pages. */
enum vif_event hold_disconnect(struct vif *vif);
/* Nothing at all. */
enum vif_event hold_release(struct vif *vif);
/* As hold_release(), when the card has forgotten everything itself. */
enum vif_event hold_forget(struct vif *vif);

#endif /* SVNICD_HOLD_H */
