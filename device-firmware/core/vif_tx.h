/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a guest to the card: a tx ring, a burst at a time.
 */
#ifndef CORE_VIF_TX_H
#define CORE_VIF_TX_H

struct core;
struct frame;
struct parcel;
struct queue;
struct vif;

/* What a queue has beyond the burst that was served. */
enum vif_tx_more {
	VIF_TX_EMPTY,	  /* nothing until the doorbell rings */
	VIF_TX_MORE,	  /* something: its burst ended first */
	VIF_TX_WAIT,	  /* the first frame waits for its receiver */
	VIF_TX_THROTTLED, /* the VIF's rate holds it back */
	VIF_TX_AWAY,	  /* nobody knows until a parcel is home */
};

/* Serve one queue once; frames that were sent or dropped are added to @done. */
enum vif_tx_more vif_tx_burst(struct core *core, struct vif *vif,
			      struct queue *q, unsigned int *done);
/* A burst of a queue has been everywhere. */
void vif_tx_home(struct core *core, struct parcel *p);
/*
 * Look at a gathered frame with all care: its header is copied, and it has a
 * verdict or a destination.
 */
void vif_tx_prepare(struct core *core, const struct vif *vif,
		    const struct queue *q, struct frame *f);

#endif /* CORE_VIF_TX_H */
