/* SPDX-License-Identifier: GPL-2.0-only */
/* A turn of svnicd's netif path. */
#ifndef SVNIC_PF_TURN_H
#define SVNIC_PF_TURN_H

#include <linux/types.h>

struct pf_card;
struct pf_ports;
struct pf_turn;

struct pf_turn *svnic_pf_turn_create(void);
void svnic_pf_turn_free(struct pf_turn *t);
/* SVNIC_PF_TURN but for its wait; 1: a piece failed.  @user: its argument. */
int svnic_pf_turn(struct pf_card *card, struct pf_turn *t, struct pf_ports *s,
		  void __user *user);

#endif /* SVNIC_PF_TURN_H */
