/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The client's half of vfio-user, as much of it as a driver of one card
 * needs.  Every call sends one command and waits for its answer, a second at
 * most.  Structures behind the message header are those of linux/vfio.h.
 *
 * Functions return 0 or -errno: -ENODEV once the connection is broken (it
 * stays so), another value when the server refused the command.
 */
#ifndef SVNICD_LOCAL_VFU_H
#define SVNICD_LOCAL_VFU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/vfio.h>

#define VFU_TIMEOUT_MS 1000

struct vfu {
	int fd;	     /* -1: not open */
	bool broken; /* fd is then readable until vfu_close() */
	uint16_t id; /* of the last command */
};

/* Connect to the socket @path and agree on the version. */
int vfu_open(struct vfu *v, const char *path);
void vfu_close(struct vfu *v);

static inline bool vfu_is_up(const struct vfu *v)
{
	return v->fd >= 0 && !v->broken;
}

/* Give the server up; also when fd is readable, for it never speaks first. */
int vfu_break(struct vfu *v);

/* @fd: the region's file, the caller's from now on, or -1. */
int vfu_region_info(struct vfu *v, uint32_t index,
		    struct vfio_region_info *info, int *fd);
int vfu_read(struct vfu *v, uint32_t region, uint64_t offset, void *data,
	     uint32_t len);
int vfu_write(struct vfu *v, uint32_t region, uint64_t offset, const void *data,
	      uint32_t len);

/* The server may read and write @size octets of @fd from 0 at @address. */
int vfu_dma_map(struct vfu *v, int fd, uint64_t address, uint64_t size);
/* It does not any more when this returns 0. */
int vfu_dma_unmap(struct vfu *v, uint64_t address, uint64_t size);

/* Interrupt @start of @index signals the eventfd @fd, or nothing (-1). */
int vfu_set_irq(struct vfu *v, uint32_t index, uint32_t start, int fd);

#endif /* SVNICD_LOCAL_VFU_H */
