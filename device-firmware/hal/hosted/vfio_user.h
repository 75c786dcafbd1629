/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vfio-user protocol as far as a server needs it (QEMU,
 * docs/interop/vfio-user.rst; the structures are those of linux/vfio.h).  All
 * fields are in the host's byte order.
 */
#ifndef HOSTED_VFIO_USER_H
#define HOSTED_VFIO_USER_H

#include <stdint.h>

struct vfu_header {
	uint16_t id;
	uint16_t command;
	uint32_t size; /* with this header */
	uint32_t flags;
	uint32_t error;
};

#define VFU_TYPE_MASK	 0xfu
#define VFU_TYPE_COMMAND 0u
#define VFU_TYPE_REPLY	 1u
#define VFU_NO_REPLY	 0x10u
#define VFU_ERROR	 0x20u

enum vfu_command {
	VFU_VERSION = 1,
	VFU_DMA_MAP = 2,
	VFU_DMA_UNMAP = 3,
	VFU_DEVICE_GET_INFO = 4,
	VFU_DEVICE_GET_REGION_INFO = 5,
	VFU_DEVICE_GET_IRQ_INFO = 7,
	VFU_DEVICE_SET_IRQS = 8,
	VFU_REGION_READ = 9,
	VFU_REGION_WRITE = 10,
	VFU_DEVICE_RESET = 13,
	VFU_REGION_WRITE_MULTI = 15,
	VFU_COMMAND_NR
};

struct vfu_version {
	uint16_t major;
	uint16_t minor;
};

struct vfu_dma_map {
	uint32_t argsz;
	uint32_t flags; /* DMA_READ, DMA_WRITE */
	uint64_t offset;
	uint64_t addr;
	uint64_t size;
};

struct vfu_dma_unmap {
	uint32_t argsz;
	uint32_t flags;
	uint64_t addr;
	uint64_t size;
};

#define VFU_UNMAP_ALL 2u

struct vfu_device_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t nr_regions;
	uint32_t nr_irqs;
};

#define VFU_DEVICE_RESETS 1u
#define VFU_DEVICE_PCI	  2u

struct vfu_region_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t cap_offset;
	uint64_t size;
	uint64_t offset;
};

#define VFU_REGION_READS  1u
#define VFU_REGION_WRITES 2u
#define VFU_REGION_MMAP	  4u

#define VFU_REGION_CONFIG 7u
#define VFU_NR_REGIONS	  9u

struct vfu_irq_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t count;
};

#define VFU_IRQ_EVENTFD 1u

#define VFU_IRQ_MSIX  2u
#define VFU_IRQ_GUEST 5u /* ours: interrupts of local tenants */
#define VFU_NR_IRQS   6u

struct vfu_irq_set {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t start;
	uint32_t count;
};

#define VFU_SET_NONE	0x01u
#define VFU_SET_BOOL	0x02u
#define VFU_SET_EVENTFD 0x04u
#define VFU_SET_DATA	0x07u
#define VFU_SET_MASK	0x08u
#define VFU_SET_UNMASK	0x10u
#define VFU_SET_TRIGGER 0x20u
#define VFU_SET_ACTION	0x38u

struct vfu_region_access {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
};

struct vfu_region_write8 {
	struct vfu_region_access access;
	uint8_t data[8];
};

#endif /* HOSTED_VFIO_USER_H */
