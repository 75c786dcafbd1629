/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The card as the host at the end of one link sees it: configuration space,
 * registers, doorbell pages, interrupts, and the host's own memory.
 */
#ifndef HOSTED_DEVICE_H
#define HOSTED_DEVICE_H

#include <stdint.h>
#include <svnic/abi.h>

#include "dma.h"
#include "irqs.h"
#include "pci.h"

struct core;

struct device {
	unsigned int link;
	struct core *core;
	struct dma_map dma;
	struct irq_set msix;
	struct irq_set guest;
	struct pci_config pci;
	uint8_t msix_table[16 * SVNIC_NR_VECTORS];
	int doorbell_fd;    /* memfd of SVNIC_BAR_DOORBELL_SIZE, sealed */
	uint8_t *doorbells; /* mapped here for ever */
};

/* 0 or -errno. */
int device_init(struct device *dev, unsigned int link, struct core *core);
void device_fini(struct device *dev);

/* The host resets the function: its VIFs go, its memory stays announced. */
void device_reset(struct device *dev);

/*
 * The client is gone.  @persist: VIFs, memory, doorbells and the tenants'
 * interrupts stay; otherwise a client to come finds nothing of this one, and
 * this one's doorbell pages are no longer the card's.
 */
void device_disconnect(struct device *dev, bool persist);

/* Octets of a region, 0 for one that does not exist. */
uint64_t device_region_size(uint32_t region);

/*
 * Access a region: 0, or -EINVAL when the range is not inside it, or when
 * registers are not written as whole words.
 */
int device_read(struct device *dev, uint32_t region, uint64_t offset,
		uint32_t len, uint8_t *data);
int device_write(struct device *dev, uint32_t region, uint64_t offset,
		 uint32_t len, const uint8_t *data);

/* The lines behind a vfio-user interrupt index; NULL when there are none. */
struct irq_set *device_irqs(struct device *dev, uint32_t index);

#endif /* HOSTED_DEVICE_H */
