/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The number that a VIF has on the card: the one that an earlier daemon had, or
 * another one, which may mean that the address of a sleeping guest is taken
 * over.
 */
#ifndef SVNICD_NUMBER_H
#define SVNICD_NUMBER_H

#include "vif.h"

/*
 * A number, unless it has one: 0, -errno or enum svnic_status.  @fresh: it is a
 * new one, of which the guest knows nothing.
 */
int number_take(struct vif *vif, bool *fresh);
/* Why there is none, @err, in the words of the sentence that xl prints. */
void number_refusal(const struct vif *vif, int err, char *why);
/* The card gets it back. */
void number_give(struct vif *vif);
/* The card has forgotten it, and all that came with it. */
void number_drop(struct vif *vif);

#endif /* SVNICD_NUMBER_H */
