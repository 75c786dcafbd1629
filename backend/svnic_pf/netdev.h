/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's own network interface. */
#ifndef SVNIC_PF_NETDEV_H
#define SVNIC_PF_NETDEV_H

struct pf_card;
struct svnic_pf_info;

int svnic_pf_netdev_create(struct pf_card *card);
void svnic_pf_netdev_lost(struct pf_card *card);
void svnic_pf_netdev_destroy(struct pf_card *card);
void svnic_pf_netdev_info(struct pf_card *card, struct svnic_pf_info *info);

#endif /* SVNIC_PF_NETDEV_H */
