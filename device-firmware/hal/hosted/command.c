/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vfio-user commands, one handler each, in one table; see command.h.  Every
 * payload is copied into a local structure and checked there; the receive
 * buffer is ours alone, so the copy is only for alignment.  Called by server.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jansson.h>

#include "command.h"
#include "log.h"
#include "server.h"

/* That one message masks or triggers: each may be a question to the core. */
#define COMMAND_LINES 256u

struct request {
	const uint8_t *data;
	uint32_t len;
	unsigned int nr_fds;
};

/* Tell in the log what the client can do; nothing here depends on it. */
static void version_log(struct server *s, const uint8_t *text, size_t len)
{
	json_error_t error;
	json_t *root, *caps;
	char *dump = NULL;

	if (len == 0)
		return;
	root = json_loadb((const char *)text, strnlen((const char *)text, len),
			  JSON_DISABLE_EOF_CHECK, &error);
	if (!root) {
		log_peer(
			LOG_LEVEL_WARN,
			"link %u: client's capabilities are no JSON (octet %d)",
			s->dev.link, error.position);
		return;
	}
	caps = json_object_get(root, "capabilities");
	if (caps)
		dump = json_dumps(caps, JSON_COMPACT);
	log_debug("link %u: client's capabilities %s", s->dev.link,
		  dump ? dump : "none");
	free(dump);
	json_decref(root);
}

static int do_version(struct server *s, const struct request *rq,
		      struct command_reply *rp)
{
	/* QEMU takes no more than 16 descriptors and refuses minor 1. */
	static const char ours[] = "{\"capabilities\":{\"max_msg_fds\":16,"
				   "\"max_data_xfer_size\":65536}}";
	struct vfu_version v;

	memcpy(&v, rq->data, sizeof(v));
	if (v.major != 0) {
		log_peer(LOG_LEVEL_WARN,
			 "link %u: client speaks vfio-user %u.%u, not 0.0",
			 s->dev.link, v.major, v.minor);
		return -EINVAL;
	}
	version_log(s, rq->data + sizeof(v), rq->len - sizeof(v));
	v.minor = 0;
	memcpy(rp->data, &v, sizeof(v));
	memcpy(rp->data + sizeof(v), ours, sizeof(ours));
	rp->len = sizeof(v) + sizeof(ours);
	s->ready = true;
	return 0;
}

static int do_dma_map(struct server *s, const struct request *rq,
		      struct command_reply *rp)
{
	struct vfu_dma_map m;
	int fd, err;

	(void)rp;
	memcpy(&m, rq->data, sizeof(m));
	if (m.argsz < sizeof(m))
		return -EINVAL;
	fd = conn_take_fd(&s->conn, 0);
	err = device_map(&s->dev, m.addr, m.size, m.flags, fd, m.offset);
	if (fd >= 0)
		close(fd);
	if (err)
		log_peer(LOG_LEVEL_WARN,
			 "link %u: cannot map 0x%llx octets at 0x%llx: %s",
			 s->dev.link, (unsigned long long)m.size,
			 (unsigned long long)m.addr, strerror(-err));
	return err;
}

static int do_dma_unmap(struct server *s, const struct request *rq,
			struct command_reply *rp)
{
	struct vfu_dma_unmap m;
	int err = 0;

	memcpy(&m, rq->data, sizeof(m));
	if (m.argsz < sizeof(m) || m.flags & ~VFU_UNMAP_ALL)
		return -EINVAL;
	if (m.flags & VFU_UNMAP_ALL)
		device_unmap_all(&s->dev);
	else
		err = device_unmap(&s->dev, m.addr, m.size);
	if (err)
		return err;
	m.argsz = sizeof(m);
	memcpy(rp->data, &m, sizeof(m));
	rp->len = sizeof(m);
	return 0;
}

static int do_device_info(struct server *s, const struct request *rq,
			  struct command_reply *rp)
{
	struct vfu_device_info info = {
		.argsz = sizeof(info),
		.flags = VFU_DEVICE_RESETS | VFU_DEVICE_PCI,
		.nr_regions = VFU_NR_REGIONS,
		.nr_irqs = VFU_NR_IRQS,
	};
	uint32_t argsz;

	(void)s;
	memcpy(&argsz, rq->data, sizeof(argsz));
	if (argsz < sizeof(info))
		return -EINVAL;
	memcpy(rp->data, &info, sizeof(info));
	rp->len = sizeof(info);
	return 0;
}

static int do_region_info(struct server *s, const struct request *rq,
			  struct command_reply *rp)
{
	struct vfu_region_info info;

	memcpy(&info, rq->data, sizeof(info));
	if (info.argsz < sizeof(info) || info.index >= VFU_NR_REGIONS)
		return -EINVAL;
	info.argsz = sizeof(info);
	info.cap_offset = 0;
	info.offset = 0;
	info.flags = 0;
	info.size = device_region_size(info.index);
	if (info.size)
		info.flags = VFU_REGION_READS | VFU_REGION_WRITES;
	if (info.index == SVNIC_BAR_DOORBELL) {
		info.flags |= VFU_REGION_MMAP;
		rp->fd = s->dev.doorbell_fd;
	}
	memcpy(rp->data, &info, sizeof(info));
	rp->len = sizeof(info);
	return 0;
}

static int do_irq_info(struct server *s, const struct request *rq,
		       struct command_reply *rp)
{
	const struct irq_set *set;
	struct vfu_irq_info info;

	memcpy(&info, rq->data, sizeof(info));
	if (info.argsz < sizeof(info) || info.index >= VFU_NR_IRQS)
		return -EINVAL;
	set = device_irqs(&s->dev, info.index);
	info.argsz = sizeof(info);
	info.flags = set ? VFU_IRQ_EVENTFD : 0;
	info.count = set ? set->nr : 0;
	memcpy(rp->data, &info, sizeof(info));
	rp->len = sizeof(info);
	return 0;
}

/* Eventfds for all of a range, or, when none came, for none of it. */
static int set_eventfds(struct server *s, const struct vfu_irq_set *m,
			unsigned int nr_fds)
{
	uint32_t i;

	if (nr_fds != 0 && nr_fds != m->count)
		return -EINVAL;
	for (i = 0; i < nr_fds; i++) {
		if (!irqs_is_eventfd(s->conn.fds[i])) {
			log_peer(LOG_LEVEL_WARN,
				 "link %u: interrupt %u:%u: no eventfd",
				 s->dev.link, m->index, m->start + i);
			return -EINVAL;
		}
	}
	if (nr_fds == 0)
		device_assign_none(&s->dev, m->index, m->start, m->count);
	for (i = 0; i < nr_fds; i++)
		device_assign(&s->dev, m->index, m->start + i,
			      conn_take_fd(&s->conn, i));
	return 0;
}

static void irq_act(struct server *s, uint32_t index, uint32_t i,
		    uint32_t action)
{
	if (action == VFU_SET_TRIGGER)
		device_raise(&s->dev, index, i);
	else
		device_mask(&s->dev, index, i, action == VFU_SET_MASK);
}

static int set_irqs(struct server *s, uint32_t nr, const struct vfu_irq_set *m,
		    const struct request *rq)
{
	const uint8_t *want = rq->data + sizeof(*m);
	uint32_t data = m->flags & VFU_SET_DATA;
	uint32_t action = m->flags & VFU_SET_ACTION;
	uint32_t i;

	if (data == VFU_SET_EVENTFD)
		return action == VFU_SET_TRIGGER
			       ? set_eventfds(s, m, rq->nr_fds)
			       : -ENOTSUP;
	if (data == VFU_SET_BOOL && rq->len - sizeof(*m) < m->count)
		return -EINVAL;
	/* "Trigger none of nothing" is how all lines are disabled. */
	if (data == VFU_SET_NONE && action == VFU_SET_TRIGGER &&
	    m->count == 0) {
		device_assign_none(&s->dev, m->index, 0, nr);
		return 0;
	}
	if (m->count > COMMAND_LINES)
		return -EINVAL;
	for (i = 0; i < m->count; i++) {
		if (data == VFU_SET_NONE || want[i])
			irq_act(s, m->index, m->start + i, action);
	}
	return 0;
}

static bool is_one_bit(uint32_t v)
{
	return v && (v & (v - 1)) == 0;
}

static int do_set_irqs(struct server *s, const struct request *rq,
		       struct command_reply *rp)
{
	struct vfu_irq_set m;
	struct irq_set *set;
	uint32_t nr;

	(void)rp;
	memcpy(&m, rq->data, sizeof(m));
	if (m.argsz < sizeof(m) || m.index >= VFU_NR_IRQS ||
	    m.flags & ~(VFU_SET_DATA | VFU_SET_ACTION) ||
	    !is_one_bit(m.flags & VFU_SET_DATA) ||
	    !is_one_bit(m.flags & VFU_SET_ACTION))
		return -EINVAL;
	set = device_irqs(&s->dev, m.index);
	nr = set ? set->nr : 0;
	if (m.count > nr || m.start > nr - m.count)
		return -EINVAL;
	return set ? set_irqs(s, nr, &m, rq) : 0;
}

static int do_region_read(struct server *s, const struct request *rq,
			  struct command_reply *rp)
{
	struct vfu_region_access a;
	int err;

	memcpy(&a, rq->data, sizeof(a));
	if (a.count > CONN_XFER_MAX)
		return -EINVAL;
	err = device_read(&s->dev, a.region, a.offset, a.count,
			  rp->data + sizeof(a));
	if (err)
		return err;
	memcpy(rp->data, &a, sizeof(a));
	rp->len = (uint32_t)sizeof(a) + a.count;
	return 0;
}

static int do_region_write(struct server *s, const struct request *rq,
			   struct command_reply *rp)
{
	struct vfu_region_access a;
	int err;

	memcpy(&a, rq->data, sizeof(a));
	if (a.count != rq->len - sizeof(a))
		return -EINVAL;
	err = device_write(&s->dev, a.region, a.offset, a.count,
			   rq->data + sizeof(a));
	if (err)
		return err;
	memcpy(rp->data, &a, sizeof(a));
	rp->len = sizeof(a);
	return 0;
}

static int do_region_write_multi(struct server *s, const struct request *rq,
				 struct command_reply *rp)
{
	struct vfu_region_write8 w;
	uint64_t nr, i;
	int err;

	memcpy(&nr, rq->data, sizeof(nr));
	if (nr > (rq->len - sizeof(nr)) / sizeof(w))
		return -EINVAL;
	for (i = 0; i < nr; i++) {
		memcpy(&w, rq->data + sizeof(nr) + i * sizeof(w), sizeof(w));
		if (w.access.count > sizeof(w.data))
			return -EINVAL;
		err = device_write(&s->dev, w.access.region, w.access.offset,
				   w.access.count, w.data);
		if (err)
			return err;
	}
	memcpy(rp->data, &nr, sizeof(nr));
	rp->len = sizeof(nr);
	return 0;
}

static int do_reset(struct server *s, const struct request *rq,
		    struct command_reply *rp)
{
	(void)rq;
	(void)rp;
	log_peer(LOG_LEVEL_INFO, "link %u: reset by its host", s->dev.link);
	device_reset(&s->dev);
	return 0;
}

static const struct command {
	int (*run)(struct server *s, const struct request *rq,
		   struct command_reply *rp);
	uint32_t min_len;
	unsigned int max_fds;
} commands[VFU_COMMAND_NR] = {
	[VFU_VERSION] = { do_version, sizeof(struct vfu_version), 0 },
	[VFU_DMA_MAP] = { do_dma_map, sizeof(struct vfu_dma_map), 1 },
	[VFU_DMA_UNMAP] = { do_dma_unmap, sizeof(struct vfu_dma_unmap), 0 },
	[VFU_DEVICE_GET_INFO] = { do_device_info,
				  sizeof(struct vfu_device_info), 0 },
	[VFU_DEVICE_GET_REGION_INFO] = { do_region_info,
					 sizeof(struct vfu_region_info), 0 },
	[VFU_DEVICE_GET_IRQ_INFO] = { do_irq_info, sizeof(struct vfu_irq_info),
				      0 },
	[VFU_DEVICE_SET_IRQS] = { do_set_irqs, sizeof(struct vfu_irq_set),
				  CONN_FDS_MAX },
	[VFU_REGION_READ] = { do_region_read, sizeof(struct vfu_region_access),
			      0 },
	[VFU_REGION_WRITE] = { do_region_write,
			       sizeof(struct vfu_region_access), 0 },
	[VFU_DEVICE_RESET] = { do_reset, 0, 0 },
	[VFU_REGION_WRITE_MULTI] = { do_region_write_multi, sizeof(uint64_t),
				     0 },
};

int command_run(struct server *s, const struct vfu_header *h,
		struct command_reply *rp)
{
	struct request rq = {
		.data = s->conn.in + sizeof(*h),
		.len = h->size - (uint32_t)sizeof(*h),
		.nr_fds = s->conn.nr_fds,
	};
	const struct command *c;

	if (h->command >= VFU_COMMAND_NR || !commands[h->command].run)
		return -ENOTSUP;
	c = &commands[h->command];
	if (rq.len < c->min_len || rq.nr_fds > c->max_fds)
		return -EINVAL;
	if (!s->ready && h->command != VFU_VERSION)
		return -EPROTO;
	return c->run(s, &rq, rp);
}
