/* SPDX-License-Identifier: GPL-2.0-only */
/* The netif's own queue on the card, as slow.c and adopt.c have it. */
#ifndef SVNICD_NETIF_SLOW_H
#define SVNICD_NETIF_SLOW_H

#include <stdbool.h>
#include <stdint.h>

struct netif;
struct ownq_shape;
struct svnic_meta;

int slow_start(struct netif *n);
void slow_stop(struct netif *n, bool lost);
/* Take descriptors back; false while the queue is of no use. */
bool slow_reclaim(struct netif *n);
/* It shows nonsense, or the card stopped it. */
void slow_fail(struct netif *n);
/*
 * Room for a frame in the tx pages, where *@at names it; false: none.  If it
 * must cross pages, it does so at its octet @lead.
 */
bool slow_reserve(struct netif *n, uint32_t len, uint32_t lead, uint32_t *at);
uint8_t *slow_tx_mem(struct netif *n, uint32_t at);
/* Provide the frame of @len octets at @at; the kick is the caller's. */
void slow_send(struct netif *n, uint32_t at, uint32_t len,
	       const struct svnic_meta *meta);
uint8_t *slow_rx_mem(struct netif *n, uint16_t buf);
/* Offer a buffer again. */
void slow_return(struct netif *n, uint16_t buf);
/* The next frame's first buffer, NETIF_NONE when there is none. */
uint16_t slow_take(struct netif *n);
void slow_kick(struct netif *n);
/* Offer buffer @buf, which nobody has. */
void slow_provide(struct netif *n, uint16_t buf);

/*
 * Go on with the queue that an earlier daemon left, with the frames
 * that came meanwhile.  False: there is none that makes sense, and no queue.
 */
bool slow_adopt(struct netif *n, const struct ownq_shape *shape);

#endif /* SVNICD_NETIF_SLOW_H */
