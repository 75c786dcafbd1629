/* SPDX-License-Identifier: GPL-2.0-only */
/* Event channels of a file; its reader is woken with the card's. */
#ifndef SVNIC_PF_PORT_H
#define SVNIC_PF_PORT_H

#include <linux/types.h>
#include <svnic/pf.h>

struct pf_card;
struct pf_ports;

struct pf_ports *svnic_pf_ports_create(struct pf_card *card);
/* Unbinds all; NULL is nothing. */
void svnic_pf_ports_free(struct pf_ports *s);
int svnic_pf_port_bind(struct pf_ports *s, struct svnic_pf_port *arg);
int svnic_pf_port_unbind(struct pf_ports *s, u32 port);
/* Ring the first of them, unmask the others; foreign ones are passed over. */
void svnic_pf_ports_act(struct pf_ports *s, const u32 *port, u32 nr_ring,
			u32 nr_unmask);
bool svnic_pf_port_take(struct pf_ports *s, struct svnic_event *event);
void svnic_pf_port_return(struct pf_ports *s, u32 port);
bool svnic_pf_port_waits(struct pf_ports *s);

#endif /* SVNIC_PF_PORT_H */
