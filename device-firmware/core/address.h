/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The addresses by which frames find a VIF: its own, and those that it was
 * given beside it (FILTER_ADD).
 */
#ifndef CORE_ADDRESS_H
#define CORE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>

struct core;
struct vif;

/* One beside its own; written by admin commands only. */
struct address {
	uint8_t mac[6];
	uint16_t next; /* of the same VIF, or LIST_NONE */
};

/* One more, one less, of a VIF that is attached: enum svnic_status. */
enum svnic_status address_add(struct core *core, struct vif *vif,
			      const uint8_t *mac);
enum svnic_status address_del(struct core *core, struct vif *vif,
			      const uint8_t *mac);
bool address_has(const struct core *core, const struct vif *vif,
		 const uint8_t *mac);
/*
 * Let the frames of the domain that it is in find the VIF, by all of its
 * addresses or by none: enum svnic_status.
 */
enum svnic_status address_attach(struct core *core, struct vif *vif);
void address_detach(struct core *core, struct vif *vif);
/* Give back all but its own; it is detached. */
void address_clear(struct core *core, struct vif *vif);
/*
 * Of an arena that was found: count those of a VIF, as far as they make sense;
 * then, when it is known which VIFs there are, find what is free.
 */
void address_recount(struct core *core, struct vif *vif);
void address_rebuild(struct core *core);

#endif /* CORE_ADDRESS_H */
