/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One function for each message of the channel, as the owner says it; agent.c
 * is the other end.  Called by device.c.
 */
#include <errno.h>

#include "device.h"
#include "remote.h"

static int call(struct device *dev, struct channel_msg *m, int fd)
{
	int err;

	m->link = dev->link;
	dev->nr_asked++;
	err = dev->remote->call(dev->remote, m, fd);
	/* Each core that was asked had begun with a reset that was due. */
	if (!err)
		dev->is_reset_due = false;
	return err ? err : m->error;
}

static void tell(struct device *dev, enum channel_op op, uint64_t a, uint64_t b,
		 uint64_t c, int fd)
{
	struct channel_msg m = { .op = op, .arg = { a, b, c } };

	call(dev, &m, fd);
}

void remote_connect(struct device *dev)
{
	tell(dev, CHANNEL_CONNECT, 0, 0, 0, -1);
}

void remote_gone(struct device *dev, bool persist)
{
	tell(dev, CHANNEL_GONE, persist, 0, 0, persist ? -1 : dev->doorbell_fd);
}

void remote_reset(struct device *dev)
{
	struct channel_msg m = { .op = CHANNEL_RESET };

	/* The host uses its memory for something else from now on. */
	if (call(dev, &m, -1) == -EHOSTDOWN)
		dev->is_reset_due = true;
}

int remote_map(struct device *dev, uint64_t addr, uint64_t size, uint32_t flags,
	       int fd, uint64_t offset)
{
	struct channel_msg m = { .op = CHANNEL_MAP,
				 .arg = { addr, size, flags, offset } };
	int err = call(dev, &m, fd);

	/* The next core finds it in the books. */
	return err == -EHOSTDOWN ? 0 : err;
}

void remote_unmap(struct device *dev, uint64_t addr, uint64_t size)
{
	tell(dev, CHANNEL_UNMAP, addr, size, 0, -1);
}

void remote_unmap_all(struct device *dev)
{
	tell(dev, CHANNEL_UNMAP_ALL, 0, 0, 0, -1);
}

void remote_assign(struct device *dev, uint32_t index, uint32_t i, uint32_t nr,
		   int fd)
{
	tell(dev, CHANNEL_ASSIGN, index, i, nr, fd);
}

void remote_mask(struct device *dev, uint32_t index, uint32_t i, bool masked)
{
	tell(dev, CHANNEL_MASK, index, i, masked, -1);
}

void remote_raise(struct device *dev, uint32_t index, uint32_t i)
{
	tell(dev, CHANNEL_RAISE, index, i, 0, -1);
}

uint32_t remote_pending(struct device *dev, uint32_t index)
{
	struct channel_msg m = { .op = CHANNEL_PENDING, .arg = { index } };

	return call(dev, &m, -1) ? 0 : (uint32_t)m.arg[0];
}

uint32_t remote_reg_read(struct device *dev, uint32_t reg)
{
	struct channel_msg m = { .op = CHANNEL_READ, .arg = { reg } };

	return call(dev, &m, -1) ? 0 : (uint32_t)m.arg[0];
}

void remote_reg_write(struct device *dev, uint32_t reg, uint32_t value)
{
	tell(dev, CHANNEL_WRITE, reg, value, 0, -1);
}
