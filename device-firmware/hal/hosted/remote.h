/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an owner tells the core's process of a device, after it has put it into
 * its own books.  Where there is no core, and none comes soon, registers read
 * as 0 and writes are lost; the rest is in the hand-over to the next one.
 */
#ifndef HOSTED_REMOTE_H
#define HOSTED_REMOTE_H

#include <stdbool.h>
#include <stdint.h>

struct device;

void remote_connect(struct device *dev);
void remote_gone(struct device *dev, bool persist);
void remote_reset(struct device *dev);

/* 0, or the -errno of the core, which then has not mapped it. */
int remote_map(struct device *dev, uint64_t addr, uint64_t size, uint32_t flags,
	       int fd, uint64_t offset);
/* The core does not touch the range any more when these return. */
void remote_unmap(struct device *dev, uint64_t addr, uint64_t size);
void remote_unmap_all(struct device *dev);

/* @fd stays the caller's. */
void remote_assign(struct device *dev, uint32_t index, uint32_t i, uint32_t nr,
		   int fd);
void remote_mask(struct device *dev, uint32_t index, uint32_t i, bool masked);
void remote_raise(struct device *dev, uint32_t index, uint32_t i);
uint32_t remote_pending(struct device *dev, uint32_t index);

uint32_t remote_reg_read(struct device *dev, uint32_t reg);
void remote_reg_write(struct device *dev, uint32_t reg, uint32_t value);

#endif /* HOSTED_REMOTE_H */
