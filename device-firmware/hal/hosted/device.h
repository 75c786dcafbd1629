/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The card as the host at the end of one link sees it: configuration space,
 * registers, doorbell pages, interrupts, and the host's own memory.
 *
 * In the process of the core it does what it is told.  In an owner, @remote
 * is set: it is the books of what the core's process was told, kept for the
 * next one, and tells the core through @remote.
 */
#ifndef HOSTED_DEVICE_H
#define HOSTED_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>

#include "channel.h"
#include "dma.h"
#include "irqs.h"
#include "pci.h"

/* Octets of registers that one access may have: a word is a question. */
#define DEVICE_REGS_MAX 1024u

struct core;

struct device {
	unsigned int link;
	bool connected;
	unsigned int nr_asked; /* questions to @remote so far */
	bool is_reset_due;     /* no core has heard of a reset yet */
	struct core *core;
	struct remote *remote;
	struct dma_map dma;
	struct irq_set msix;
	struct irq_set guest;
	struct pci_config pci;
	uint8_t msix_table[16 * SVNIC_NR_VECTORS];
	int doorbell_fd;    /* memfd of SVNIC_BAR_DOORBELL_SIZE, sealed */
	uint8_t *doorbells; /* mapped here for ever */
};

/* Of @core in this process or, when there is none, of @remote: 0 or -errno. */
int device_init(struct device *dev, unsigned int link, struct core *core,
		struct remote *remote);
void device_fini(struct device *dev);

/* Use this file of doorbells, which becomes the device's: 0 or -errno. */
int device_set_doorbells(struct device *dev, int fd);

/* A client is there. */
void device_connect(struct device *dev);

/* The host resets the function: its VIFs go, its memory stays announced. */
void device_reset(struct device *dev);

/*
 * The client is gone.  @persist: VIFs, memory, doorbells and the tenants'
 * interrupts stay; otherwise a client to come finds nothing of this one, and
 * this one's doorbell pages are no longer the card's.
 */
void device_disconnect(struct device *dev, bool persist);

/* As dma_add(), dma_del() and dma_clear(). */
int device_map(struct device *dev, uint64_t addr, uint64_t size, uint32_t flags,
	       int fd, uint64_t offset);
int device_unmap(struct device *dev, uint64_t addr, uint64_t size);
void device_unmap_all(struct device *dev);

/*
 * Lines of an interrupt index that exists.  device_assign() takes @fd;
 * device_assign_none() is for @nr lines from @i on.
 */
void device_assign(struct device *dev, uint32_t index, uint32_t i, int fd);
void device_assign_none(struct device *dev, uint32_t index, uint32_t i,
			uint32_t nr);
void device_mask(struct device *dev, uint32_t index, uint32_t i, bool masked);
void device_raise(struct device *dev, uint32_t index, uint32_t i);
/* The first 32 lines that are raised and could not be signalled. */
uint32_t device_pending(struct device *dev, uint32_t index);

/* Octets of a region, 0 for one that does not exist. */
uint64_t device_region_size(uint32_t region);

/*
 * Access a region: 0, or -EINVAL when the range is not inside it, when
 * registers are not written as whole words, or when an owner is asked for too
 * many of them.
 */
int device_read(struct device *dev, uint32_t region, uint64_t offset,
		uint32_t len, uint8_t *data);
int device_write(struct device *dev, uint32_t region, uint64_t offset,
		 uint32_t len, const uint8_t *data);

/* The lines behind a vfio-user interrupt index; NULL when there are none. */
struct irq_set *device_irqs(struct device *dev, uint32_t index);

#endif /* HOSTED_DEVICE_H */
