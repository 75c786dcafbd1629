/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files of libsvnic share; not installed. */
#ifndef LIBSVNIC_PRIVATE_H
#define LIBSVNIC_PRIVATE_H

#include <svnic/ring.h>
#include "libsvnic.h"

struct svnic {
	int control; /* connected socket */
	int event;   /* eventfd that the card signals */
	int memfd;
	void *memory; /* queue area, tx pages, rx pages */
	size_t size;
	unsigned char *tx_memory;
	unsigned char *rx_memory;
	uint32_t tx_page; /* page index of tx_memory */
	uint32_t rx_page;
	unsigned int tx_order;
	unsigned int rx_order;
	struct svnic_doorbell *doorbell;
	uint32_t kick; /* last value stored, as is reset */
	uint32_t reset;
	bool dirty;  /* something to publish */
	uint16_t id; /* of the last request */
	struct svnic_txq tx;
	struct svnic_rxq rx;
	struct svnic_tenant_info info;
};

/* queue.c: fresh cursors on zeroed shared indices, and all rx buffers. */
void svnic_queue_setup(struct svnic *v);
void svnic_queue_fill(struct svnic *v);

#endif /* LIBSVNIC_PRIVATE_H */
