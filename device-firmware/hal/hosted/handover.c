/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hand-over: from an owner's links, by a file, to a core's.  Called by
 * owner.c and supervise.c on one side, by main.c and card.c on the other, which
 * may be of a later version.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "handover.h"
#include "link.h"
#include "log.h"
#include "vfio_user.h"

#define HANDOVER_MAX (64u << 20)

static const uint32_t indices[] = { VFU_IRQ_MSIX, VFU_IRQ_GUEST };

const struct handover_dma *handover_dma(const struct handover *h)
{
	return (const void *)(h + 1);
}

const struct handover_line *handover_lines(const struct handover *h)
{
	return (const void *)(handover_dma(h) + h->nr_dma);
}

static bool is_plain(const struct irq_line *line)
{
	return line->fd < 0 && !line->masked;
}

static unsigned int count_lines(struct device *dev)
{
	unsigned int i, k, nr = 0;

	for (k = 0; k < sizeof(indices) / sizeof(indices[0]); k++) {
		const struct irq_set *set = device_irqs(dev, indices[k]);

		for (i = 0; i < set->nr; i++)
			nr += !is_plain(&set->line[i]);
	}
	return nr;
}

static struct handover_dma *put_dma(struct handover_dma *to,
				    const struct device *dev)
{
	const struct dma_range *r = dev->dma.range;
	unsigned int i;

	for (i = 0; i < dev->dma.nr; i++) {
		*to++ = (struct handover_dma) {
			.addr = r[i].window.addr,
			.size = r[i].window.size,
			.offset = r[i].offset,
			.flags = r[i].window.flags,
			.link = dev->link,
			.fd = r[i].fd,
			.stale = r[i].stale,
		};
	}
	return to;
}

static struct handover_line *put_lines(struct handover_line *to,
				       struct device *dev)
{
	unsigned int i, k;

	for (k = 0; k < sizeof(indices) / sizeof(indices[0]); k++) {
		const struct irq_set *set = device_irqs(dev, indices[k]);

		for (i = 0; i < set->nr; i++) {
			if (is_plain(&set->line[i]))
				continue;
			*to++ = (struct handover_line) {
				.link = dev->link,
				.index = indices[k],
				.line = i,
				.masked = set->line[i].masked,
				.fd = set->line[i].fd,
			};
		}
	}
	return to;
}

struct handover *handover_new(struct link *link, unsigned int nr)
{
	unsigned int i, nr_dma = 0, nr_lines = 0;
	struct handover_line *lines;
	struct handover_dma *dma;
	struct handover *h;
	size_t size;

	for (i = 0; i < nr; i++) {
		nr_dma += link[i].server.dev.dma.nr;
		nr_lines += count_lines(&link[i].server.dev);
	}
	size = sizeof(*h) + nr_dma * sizeof(*dma) + nr_lines * sizeof(*lines);
	h = calloc(1, size);
	if (!h)
		return NULL;
	h->magic = HANDOVER_MAGIC;
	h->version = CHANNEL_VERSION;
	h->size = (uint32_t)size;
	h->nr_links = nr;
	h->nr_dma = nr_dma;
	h->nr_lines = nr_lines;
	dma = (void *)(h + 1);
	lines = (void *)(dma + nr_dma);
	for (i = 0; i < nr; i++) {
		struct device *dev = &link[i].server.dev;

		h->link[i].doorbell_fd = dev->doorbell_fd;
		h->link[i].connected = dev->connected;
		h->link[i].is_reset_due = dev->is_reset_due;
		dma = put_dma(dma, dev);
		lines = put_lines(lines, dev);
	}
	return h;
}

/* All descriptors that are named: inherited by what is executed, or not. */
static void set_flags(const struct handover *h, int flags)
{
	const struct handover_line *line = handover_lines(h);
	const struct handover_dma *dma = handover_dma(h);
	unsigned int i;

	fcntl(h->arena_fd, F_SETFD, flags);
	fcntl(h->channel, F_SETFD, flags);
	for (i = 0; i < h->nr_links; i++)
		fcntl(h->link[i].doorbell_fd, F_SETFD, flags);
	for (i = 0; i < h->nr_ports; i++) {
		if (h->wire_fd[i] >= 0)
			fcntl(h->wire_fd[i], F_SETFD, flags);
	}
	for (i = 0; i < h->nr_dma; i++) {
		if (dma[i].fd >= 0)
			fcntl(dma[i].fd, F_SETFD, flags);
	}
	for (i = 0; i < h->nr_lines; i++) {
		if (line[i].fd >= 0)
			fcntl(line[i].fd, F_SETFD, flags);
	}
}

void handover_inherit(const struct handover *h)
{
	set_flags(h, 0);
}

int handover_write(const struct handover *h)
{
	const char *at = (const char *)h;
	size_t left = h->size;
	int fd = memfd_create("svnic-handover", 0);
	ssize_t n;

	if (fd < 0)
		return -errno;
	for (; left > 0; left -= (size_t)n, at += n) {
		n = write(fd, at, left);
		if (n <= 0) {
			close(fd);
			return -EIO;
		}
	}
	return fd;
}

static bool is_whole(const struct handover *h, uint64_t size)
{
	if (h->magic != HANDOVER_MAGIC) {
		log_err("--core: no hand-over; svnic-fw itself gives this option");
		return false;
	}
	if (h->version != CHANNEL_VERSION) {
		log_err("the owner hands over version %u, this svnic-fw takes version %u: restart svnic-fw as a whole",
			h->version, CHANNEL_VERSION);
		return false;
	}
	if (h->size != size || h->nr_links > SVNIC_MAX_LINKS ||
	    h->nr_ports > SVNIC_MAX_PORTS ||
	    sizeof(*h) + (uint64_t)h->nr_dma * sizeof(struct handover_dma) +
			    (uint64_t)h->nr_lines *
				    sizeof(struct handover_line) !=
		    size) {
		log_err("the owner's hand-over is cut short");
		return false;
	}
	return true;
}

/* Does every record name a link, and a line, that there is? */
static bool is_sound(const struct handover *h)
{
	const struct handover_line *line = handover_lines(h);
	const struct handover_dma *dma = handover_dma(h);
	unsigned int i;

	for (i = 0; i < h->nr_dma; i++) {
		if (dma[i].link >= h->nr_links)
			goto unsound;
	}
	for (i = 0; i < h->nr_lines; i++) {
		uint32_t nr = line[i].index == VFU_IRQ_MSIX ? SVNIC_NR_VECTORS
							    : SVNIC_MAX_VIFS;

		if (line[i].link >= h->nr_links || line[i].line >= nr ||
		    (line[i].index != VFU_IRQ_MSIX &&
		     line[i].index != VFU_IRQ_GUEST))
			goto unsound;
	}
	return true;

unsound:
	log_err("the owner's hand-over names a link or a line that there is not: restart svnic-fw as a whole");
	return false;
}

struct handover *handover_read(int fd)
{
	struct handover *h = NULL;
	struct stat st;
	uint64_t size;

	if (fstat(fd, &st) < 0 || st.st_size < (off_t)sizeof(*h) ||
	    st.st_size > HANDOVER_MAX) {
		log_err("--core %d: no hand-over; svnic-fw itself gives this option",
			fd);
		return NULL;
	}
	size = (uint64_t)st.st_size;
	h = malloc(size);
	if (!h || pread(fd, h, size, 0) != (ssize_t)size) {
		log_warn("--core %d: the hand-over was not read", fd);
	} else if (is_whole(h, size) && is_sound(h)) {
		set_flags(h, FD_CLOEXEC);
		return h;
	}
	free(h);
	return NULL;
}

/* What clients had announced to the core before. */
static void give_dma(const struct handover *h, struct link *link)
{
	const struct handover_dma *m = handover_dma(h);
	unsigned int i;
	int err;

	for (i = 0; i < h->nr_dma; i++) {
		struct dma_map *map = &link[m[i].link].server.dev.dma;

		err = dma_add(map, m[i].addr, m[i].size, m[i].flags, m[i].fd,
			      m[i].offset);
		if (err)
			log_peer(
				LOG_LEVEL_ERR,
				"link %u: 0x%llx octets at 0x%llx are not mapped any more: %s",
				m[i].link, (unsigned long long)m[i].size,
				(unsigned long long)m[i].addr, strerror(-err));
		else if (m[i].stale)
			dma_mark_stale(map, m[i].addr);
		if (m[i].fd >= 0)
			close(m[i].fd);
	}
}

static void give_lines(const struct handover *h, struct link *link)
{
	const struct handover_line *line = handover_lines(h);
	unsigned int i;

	for (i = 0; i < h->nr_lines; i++) {
		struct irq_set *set = device_irqs(
			&link[line[i].link].server.dev, line[i].index);

		irqs_mask(set, line[i].line, line[i].masked);
		irqs_assign(set, line[i].line, line[i].fd);
	}
}

int handover_give(const struct handover *h, struct link *link, unsigned int nr)
{
	unsigned int i;
	int err;

	for (i = 0; i < nr; i++) {
		struct device *dev = &link[i].server.dev;

		err = device_set_doorbells(dev, h->link[i].doorbell_fd);
		if (err) {
			log_err("link %u: its doorbells: %s", i,
				strerror(-err));
			return err;
		}
		dev->connected = h->link[i].connected;
		dev->is_reset_due = h->link[i].is_reset_due;
	}
	give_dma(h, link);
	give_lines(h, link);
	return 0;
}
