/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages of the channel, one handler each, as the core's process carries
 * them out.  The owner has checked them; what a handler cannot do without
 * harm is checked again.  Called by card.c and tests.
 */
#include <errno.h>
#include <unistd.h>

#include "../../core/core.h"
#include "agent.h"
#include "card.h"

/* Each takes *fd by setting it to -1. */
static int do_connect(struct device *dev, struct channel_msg *m, int *fd)
{
	(void)m;
	(void)fd;
	device_connect(dev);
	return 0;
}

static int do_gone(struct device *dev, struct channel_msg *m, int *fd)
{
	int err = 0;

	device_disconnect(dev, m->arg[0]);
	if (*fd >= 0)
		err = device_set_doorbells(dev, *fd);
	if (!err)
		*fd = -1;
	return err;
}

static int do_map(struct device *dev, struct channel_msg *m, int *fd)
{
	return device_map(dev, m->arg[0], m->arg[1], (uint32_t)m->arg[2], *fd,
			  m->arg[3]);
}

static int do_unmap(struct device *dev, struct channel_msg *m, int *fd)
{
	(void)fd;
	return device_unmap(dev, m->arg[0], m->arg[1]);
}

static int do_unmap_all(struct device *dev, struct channel_msg *m, int *fd)
{
	(void)m;
	(void)fd;
	device_unmap_all(dev);
	return 0;
}

static bool has_lines(struct device *dev, const struct channel_msg *m,
		      uint64_t nr)
{
	const struct irq_set *set = device_irqs(dev, (uint32_t)m->arg[0]);

	return set && nr <= set->nr && m->arg[1] <= set->nr - nr;
}

static int do_assign(struct device *dev, struct channel_msg *m, int *fd)
{
	uint32_t index = (uint32_t)m->arg[0];
	uint32_t i = (uint32_t)m->arg[1];

	if (!has_lines(dev, m, m->arg[2]))
		return -EINVAL;
	if (*fd < 0)
		device_assign_none(dev, index, i, (uint32_t)m->arg[2]);
	else
		device_assign(dev, index, i, *fd);
	*fd = -1;
	return 0;
}

static int do_mask(struct device *dev, struct channel_msg *m, int *fd)
{
	(void)fd;
	if (!has_lines(dev, m, 1))
		return -EINVAL;
	device_mask(dev, (uint32_t)m->arg[0], (uint32_t)m->arg[1], m->arg[2]);
	return 0;
}

static int do_raise(struct device *dev, struct channel_msg *m, int *fd)
{
	(void)fd;
	if (!has_lines(dev, m, 1))
		return -EINVAL;
	device_raise(dev, (uint32_t)m->arg[0], (uint32_t)m->arg[1]);
	return 0;
}

static int do_pending(struct device *dev, struct channel_msg *m, int *fd)
{
	(void)fd;
	if (!device_irqs(dev, (uint32_t)m->arg[0]))
		return -EINVAL;
	m->arg[0] = device_pending(dev, (uint32_t)m->arg[0]);
	return 0;
}

static int do_read(struct device *dev, struct channel_msg *m, int *fd)
{
	(void)fd;
	m->arg[0] = core_reg_read(dev->core, dev->link, (uint32_t)m->arg[0]);
	return 0;
}

static int do_write(struct device *dev, struct channel_msg *m, int *fd)
{
	(void)fd;
	core_reg_write(dev->core, dev->link, (uint32_t)m->arg[0],
		       (uint32_t)m->arg[1]);
	return 0;
}

static int do_reset(struct device *dev, struct channel_msg *m, int *fd)
{
	(void)m;
	(void)fd;
	device_reset(dev);
	return 0;
}

static int (*const handlers[CHANNEL_OP_NR])(struct device *,
					    struct channel_msg *, int *) = {
	[CHANNEL_CONNECT] = do_connect,
	[CHANNEL_GONE] = do_gone,
	[CHANNEL_MAP] = do_map,
	[CHANNEL_UNMAP] = do_unmap,
	[CHANNEL_UNMAP_ALL] = do_unmap_all,
	[CHANNEL_ASSIGN] = do_assign,
	[CHANNEL_MASK] = do_mask,
	[CHANNEL_RAISE] = do_raise,
	[CHANNEL_PENDING] = do_pending,
	[CHANNEL_READ] = do_read,
	[CHANNEL_WRITE] = do_write,
	[CHANNEL_RESET] = do_reset,
};

void agent_do(struct device *dev, struct channel_msg *msg, int fd)
{
	if (msg->op >= CHANNEL_OP_NR || !handlers[msg->op])
		msg->error = -ENOTSUP;
	else
		msg->error = handlers[msg->op](dev, msg, &fd);
	if (fd >= 0)
		close(fd);
}

int agent_serve(struct card *c)
{
	struct channel_msg m;
	int fd, ret;

	while ((ret = channel_receive(c->channel, &m, &fd, 0)) > 0) {
		if (m.link < c->links.nr) {
			agent_do(&c->links.link[m.link].server.dev, &m, fd);
		} else {
			m.error = -ENODEV;
			if (fd >= 0)
				close(fd);
		}
		ret = channel_send(c->channel, &m, -1);
		if (ret < 0)
			break;
	}
	return ret;
}

int agent_ready(struct card *c, bool taken_over)
{
	const struct channel_msg m = { .op = CHANNEL_READY,
				       .arg = { taken_over } };

	return channel_send(c->channel, &m, -1);
}
