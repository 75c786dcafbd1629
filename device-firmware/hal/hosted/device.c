/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a host can reach of the card through its link.  Registers are the
 * core's; the rest is kept here.  It must never touch doorbell pages that
 * nobody asked for: the file behind them is sparse.  Called by command.c,
 * link.c and hal.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <svnic/order.h>

#include "../../core/core.h"
#include "device.h"
#include "log.h"
#include "remote.h"
#include "vfio_user.h"

/* An empty, sealed file for doorbells, mapped at @at or anywhere: its fd. */
static int doorbells_create(void *at, uint8_t **mapped)
{
	int fd, err, fixed = at ? MAP_FIXED : 0;
	void *p;

	fd = memfd_create("svnic-doorbells", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	/* A client that shrank it could kill us with SIGBUS. */
	if (ftruncate(fd, SVNIC_BAR_DOORBELL_SIZE) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) <
		    0)
		goto err_close;
	p = mmap(at, SVNIC_BAR_DOORBELL_SIZE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | fixed, fd, 0);
	if (p == MAP_FAILED)
		goto err_close;
	*mapped = p;
	return fd;

err_close:
	err = -errno;
	close(fd);
	return err;
}

int device_init(struct device *dev, unsigned int link, struct core *core,
		struct remote *remote)
{
	int err;

	memset(dev, 0, sizeof(*dev));
	dev->link = link;
	dev->core = core;
	dev->remote = remote;
	dma_init(&dev->dma, remote != NULL);
	pci_init(&dev->pci);
	err = irqs_init(&dev->msix, SVNIC_NR_VECTORS);
	if (err)
		return err;
	err = irqs_init(&dev->guest, SVNIC_MAX_VIFS);
	if (err)
		goto err_msix;
	dev->doorbell_fd = doorbells_create(NULL, &dev->doorbells);
	if (dev->doorbell_fd < 0) {
		err = dev->doorbell_fd;
		goto err_guest;
	}
	return 0;

err_guest:
	irqs_fini(&dev->guest);
err_msix:
	irqs_fini(&dev->msix);
	return err;
}

void device_fini(struct device *dev)
{
	munmap(dev->doorbells, SVNIC_BAR_DOORBELL_SIZE);
	close(dev->doorbell_fd);
	irqs_fini(&dev->guest);
	irqs_fini(&dev->msix);
	dma_fini(&dev->dma);
}

int device_set_doorbells(struct device *dev, int fd)
{
	void *p = mmap(dev->doorbells, SVNIC_BAR_DOORBELL_SIZE,
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	close(dev->doorbell_fd);
	dev->doorbell_fd = fd;
	return 0;
}

static void doorbells_clear(struct device *dev)
{
	if (fallocate(dev->doorbell_fd,
		      FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
		      SVNIC_BAR_DOORBELL_SIZE) < 0)
		memset(dev->doorbells, 0, SVNIC_BAR_DOORBELL_SIZE);
}

static void doorbells_renew(struct device *dev)
{
	int fd = doorbells_create(dev->doorbells, &dev->doorbells);

	if (fd < 0) {
		errno = -fd;
		log_warn("link %u: no new doorbells, the old ones stay in use",
			 dev->link);
		doorbells_clear(dev);
		return;
	}
	close(dev->doorbell_fd);
	dev->doorbell_fd = fd;
}

static void device_reset_pci(struct device *dev)
{
	pci_init(&dev->pci);
	memset(dev->msix_table, 0, sizeof(dev->msix_table));
}

static void device_forget_pending(struct irq_set *set)
{
	unsigned int i;

	for (i = 0; i < set->nr; i++)
		set->line[i].pending = false;
}

void device_reset(struct device *dev)
{
	device_reset_pci(dev);
	if (dev->remote) {
		remote_reset(dev);
		return;
	}
	core_link_reset(dev->core, dev->link);
	doorbells_clear(dev);
	device_forget_pending(&dev->msix);
	device_forget_pending(&dev->guest);
}

void device_connect(struct device *dev)
{
	dev->connected = true;
	if (dev->remote)
		remote_connect(dev);
}

void device_disconnect(struct device *dev, bool persist)
{
	dev->connected = false;
	irqs_disconnect(&dev->msix, persist);
	device_reset_pci(dev);
	if (persist) {
		dma_set_stale(&dev->dma);
	} else {
		if (!dev->remote)
			core_link_reset(dev->core, dev->link);
		irqs_disconnect(&dev->guest, false);
		dma_clear(&dev->dma);
		doorbells_renew(dev);
	}
	if (dev->remote)
		remote_gone(dev, persist);
}

int device_map(struct device *dev, uint64_t addr, uint64_t size, uint32_t flags,
	       int fd, uint64_t offset)
{
	int err = dma_add(&dev->dma, addr, size, flags, fd, offset);

	if (err || !dev->remote)
		return err;
	err = remote_map(dev, addr, size, flags, fd, offset);
	if (err)
		dma_del(&dev->dma, addr, size);
	return err;
}

int device_unmap(struct device *dev, uint64_t addr, uint64_t size)
{
	int err = dma_del(&dev->dma, addr, size);

	if (!err && dev->remote)
		remote_unmap(dev, addr, size);
	return err;
}

void device_unmap_all(struct device *dev)
{
	dma_clear(&dev->dma);
	if (dev->remote)
		remote_unmap_all(dev);
}

void device_assign(struct device *dev, uint32_t index, uint32_t i, int fd)
{
	struct irq_set *set = device_irqs(dev, index);

	if (!dev->remote) {
		irqs_assign(set, i, fd);
		return;
	}
	irqs_keep(set, i, fd);
	remote_assign(dev, index, i, 1, fd);
}

void device_assign_none(struct device *dev, uint32_t index, uint32_t i,
			uint32_t nr)
{
	struct irq_set *set = device_irqs(dev, index);
	uint32_t k;

	for (k = i; k < i + nr; k++) {
		if (dev->remote)
			irqs_keep(set, k, -1);
		else
			irqs_assign(set, k, -1);
	}
	if (dev->remote)
		remote_assign(dev, index, i, nr, -1);
}

void device_mask(struct device *dev, uint32_t index, uint32_t i, bool masked)
{
	struct irq_set *set = device_irqs(dev, index);

	if (!dev->remote) {
		irqs_mask(set, i, masked);
		return;
	}
	set->line[i].masked = masked;
	remote_mask(dev, index, i, masked);
}

void device_raise(struct device *dev, uint32_t index, uint32_t i)
{
	if (dev->remote)
		remote_raise(dev, index, i);
	else
		irqs_raise(device_irqs(dev, index), i);
}

uint32_t device_pending(struct device *dev, uint32_t index)
{
	const struct irq_set *set = device_irqs(dev, index);
	uint32_t i, value = 0;

	if (dev->remote)
		return remote_pending(dev, index);
	for (i = 0; i < set->nr && i < 32; i++)
		value |= (uint32_t)set->line[i].pending << i;
	return value;
}

uint64_t device_region_size(uint32_t region)
{
	switch (region) {
	case SVNIC_BAR_REGS:
		return SVNIC_BAR_REGS_SIZE;
	case SVNIC_BAR_DOORBELL:
		return SVNIC_BAR_DOORBELL_SIZE;
	case VFU_REGION_CONFIG:
		return PCI_CONFIG_SIZE;
	default:
		return 0;
	}
}

/* One word of BAR0 at @reg, a multiple of four. */
static uint32_t regs_read(struct device *dev, uint32_t reg)
{
	uint32_t value = 0;

	if (reg < SVNIC_REG_MSIX_TABLE)
		return dev->remote ? remote_reg_read(dev, reg)
				   : core_reg_read(dev->core, dev->link, reg);
	if (reg == SVNIC_REG_MSIX_PBA)
		return device_pending(dev, VFU_IRQ_MSIX);
	reg -= SVNIC_REG_MSIX_TABLE;
	if (reg < sizeof(dev->msix_table))
		memcpy(&value, dev->msix_table + reg, sizeof(value));
	return value;
}

static void regs_write(struct device *dev, uint32_t reg, uint32_t value)
{
	if (reg < SVNIC_REG_MSIX_TABLE) {
		if (dev->remote)
			remote_reg_write(dev, reg, value);
		else
			core_reg_write(dev->core, dev->link, reg, value);
		return;
	}
	reg -= SVNIC_REG_MSIX_TABLE;
	if (reg < sizeof(dev->msix_table))
		memcpy(dev->msix_table + reg, &value, sizeof(value));
}

static void bar0_read(struct device *dev, uint32_t offset, uint32_t len,
		      uint8_t *data)
{
	while (len > 0) {
		uint32_t word = regs_read(dev, offset & ~3u);
		uint32_t skip = offset & 3;
		uint32_t n = len < 4 - skip ? len : 4 - skip;

		memcpy(data, (uint8_t *)&word + skip, n);
		data += n;
		offset += n;
		len -= n;
	}
}

static int bar0_write(struct device *dev, uint32_t offset, uint32_t len,
		      const uint8_t *data)
{
	uint32_t i, word;

	if ((offset | len) & 3)
		return -EINVAL;
	for (i = 0; i < len; i += 4) {
		memcpy(&word, data + i, sizeof(word));
		regs_write(dev, offset + i, word);
	}
	return 0;
}

/* Through the file, because a load from the mapping would fill its holes. */
static int doorbells_read(struct device *dev, uint32_t offset, uint32_t len,
			  uint8_t *data)
{
	return pread(dev->doorbell_fd, data, len, offset) == (ssize_t)len
		       ? 0
		       : -EIO;
}

static int doorbells_write(struct device *dev, uint32_t offset, uint32_t len,
			   const uint8_t *data)
{
	uint32_t i, word;

	if ((offset | len) & 3)
		return -EINVAL;
	for (i = 0; i < len; i += 4) {
		memcpy(&word, data + i, sizeof(word));
		/* Pairs with look() in core/bell.c (ordering.md O1). */
		svnic_publish32((__le32 *)(void *)(dev->doorbells + offset + i),
				word);
	}
	return 0;
}

static bool device_range_ok(const struct device *dev, uint32_t region,
			    uint64_t offset, uint32_t len)
{
	uint64_t size = device_region_size(region);

	if (dev->remote && region == SVNIC_BAR_REGS && len > DEVICE_REGS_MAX)
		return false;
	return len <= size && offset <= size - len;
}

int device_read(struct device *dev, uint32_t region, uint64_t offset,
		uint32_t len, uint8_t *data)
{
	uint32_t at = (uint32_t)offset;

	if (!device_range_ok(dev, region, offset, len))
		return -EINVAL;
	if (region == SVNIC_BAR_REGS)
		bar0_read(dev, at, len, data);
	else if (region == SVNIC_BAR_DOORBELL)
		return doorbells_read(dev, at, len, data);
	else if (region == VFU_REGION_CONFIG)
		pci_read(&dev->pci, at, len, data);
	return 0;
}

int device_write(struct device *dev, uint32_t region, uint64_t offset,
		 uint32_t len, const uint8_t *data)
{
	uint32_t at = (uint32_t)offset;

	if (!device_range_ok(dev, region, offset, len))
		return -EINVAL;
	if (region == SVNIC_BAR_REGS)
		return bar0_write(dev, at, len, data);
	if (region == SVNIC_BAR_DOORBELL)
		return doorbells_write(dev, at, len, data);
	if (region == VFU_REGION_CONFIG)
		pci_write(&dev->pci, at, len, data);
	return 0;
}

struct irq_set *device_irqs(struct device *dev, uint32_t index)
{
	if (index == VFU_IRQ_MSIX)
		return &dev->msix;
	if (index == VFU_IRQ_GUEST)
		return &dev->guest;
	return NULL;
}
