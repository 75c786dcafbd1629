/* SPDX-License-Identifier: GPL-2.0-only */
/* Event channels of guests, as struct platform_ops has them. */
#ifndef SVNICD_XEN_CHANNEL_H
#define SVNICD_XEN_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "../platform.h"

int channel_bind(struct platform *p, struct tenant *t, uint32_t remote,
		 platform_rang_fn rang, void *arg, uint32_t *port);
void channel_unbind(struct platform *p, uint32_t port);
/* True: done.  Else *@port of dom0 is svnic_pf's, and waits for a turn. */
bool channel_ring(struct platform *p, uint32_t place, uint32_t *port);
bool channel_unmask(struct platform *p, uint32_t place, uint32_t *port);
/* Is it svnic_pf's, as @port? */
bool channel_is_own(const struct platform *p, uint32_t place, uint32_t *port);
/* svnic_pf says that this port of dom0 rang. */
void channel_rang(struct platform *p, uint32_t port);
/* The card came, or its file is about to be closed: bind all there, or
 * elsewhere. */
void channel_card_came(struct platform *p);
void channel_card_lost(struct platform *p);
void channel_close(struct platform *p);

#endif /* SVNICD_XEN_CHANNEL_H */
