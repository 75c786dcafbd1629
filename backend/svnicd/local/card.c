// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver of the card in user space.  Its own memory is one memfd:
 *
 *	page 0	     submission queue
 *	page 1	     completion queue
 *	page 2	     payload of the command that is under way
 *	page 3	     head of the event ring
 *	page 4 ...   its entries
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <linux/pci_regs.h>
#include <svnic/order.h>
#include <svnic/ring.h>
#include "card.h"

#define AT_SQ	     (0 * SVNIC_PAGE_SIZE)
#define AT_CQ	     (1 * SVNIC_PAGE_SIZE)
#define AT_PAYLOAD   (2 * SVNIC_PAGE_SIZE)
#define AT_RING	     (3 * SVNIC_PAGE_SIZE)
#define AT_ENTRIES   (4 * SVNIC_PAGE_SIZE)
#define RING_ENTRIES 4096u
#define RING_SIZE    (SVNIC_PAGE_SIZE + RING_ENTRIES * sizeof(struct svnic_event))
#define MEMORY_SIZE  (AT_RING + RING_SIZE)

/* Bus addresses: ours, then the tenants' in steps no queue area exceeds. */
#define OWN_ADDRESS   0x100000000ull
#define FIRST_ADDRESS 0x10000000000ull
#define ADDRESS_STEP  ((uint64_t)SVNIC_MAX_PAGES * SVNIC_PAGE_SIZE)

#define READY_STEP_NS 1000000

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int reg_read(struct card *c, uint32_t reg, uint32_t *value)
{
	return vfu_read(&c->vfu, SVNIC_BAR_REGS, reg, value, sizeof(*value));
}

static int reg_write(struct card *c, uint32_t reg, uint32_t value)
{
	return vfu_write(&c->vfu, SVNIC_BAR_REGS, reg, &value, sizeof(value));
}

void card_init(struct card *c)
{
	memset(c, 0, sizeof(*c));
	c->vfu.fd = c->memfd = c->doorbells = -1;
	c->admin_event = c->ring_event = -1;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void card_close(struct card *c)
{
	vfu_close(&c->vfu);
	if (c->memory)
		munmap(c->memory, MEMORY_SIZE);
	close_fd(&c->memfd);
	close_fd(&c->doorbells);
	close_fd(&c->admin_event);
	close_fd(&c->ring_event);
	card_init(c);
}

static int memory_create(struct card *c)
{
	void *memory;

	c->memfd = memfd_create("svnicd", MFD_CLOEXEC);
	if (c->memfd < 0 || ftruncate(c->memfd, MEMORY_SIZE))
		return -errno;
	memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		      c->memfd, 0);
	if (memory == MAP_FAILED)
		return -errno;
	c->memory = memory;
	c->admin_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	c->ring_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->admin_event < 0 || c->ring_event < 0)
		return -errno;
	return 0;
}

static int read_identity(struct card *c, char *why, size_t len)
{
	const struct {
		uint32_t reg;
		uint32_t *value;
	} regs[] = {
		{ SVNIC_REG_FEATURES, &c->features },
		{ SVNIC_REG_LINK, &c->link },
		{ SVNIC_REG_PORTS, &c->ports },
		{ SVNIC_REG_MAX_VIFS, &c->max_vifs },
		{ SVNIC_REG_EPOCH, &c->epoch },
	};
	uint32_t magic = 0;
	size_t i;
	int rc;

	rc = reg_read(c, SVNIC_REG_MAGIC, &magic);
	if (rc == 0)
		rc = reg_read(c, SVNIC_REG_VERSION, &c->version);
	if (rc == 0 && magic != SVNIC_MAGIC) {
		snprintf(
			why, len,
			"it is no svnic card: its magic number is 0x%08x, not 0x%08x",
			magic, SVNIC_MAGIC);
		return -EPROTO;
	}
	if (rc == 0 && c->version >> 16 != SVNIC_ABI_MAJOR) {
		snprintf(
			why, len,
			"it speaks ABI %u.%u and this svnicd needs %u.x: install svnic-fw and svnicd of one release",
			c->version >> 16, c->version & 0xffff, SVNIC_ABI_MAJOR);
		return -EPROTO;
	}
	for (i = 0; rc == 0 && i < sizeof(regs) / sizeof(regs[0]); i++)
		rc = reg_read(c, regs[i].reg, regs[i].value);
	if (rc)
		snprintf(why, len, "its registers cannot be read: %s",
			 strerror(-rc));
	return rc;
}

static int find_doorbells(struct card *c, char *why, size_t len)
{
	struct vfio_region_info info;
	int rc;

	rc = vfu_region_info(&c->vfu, SVNIC_BAR_DOORBELL, &info, &c->doorbells);
	if (rc == 0 &&
	    (c->doorbells < 0 || info.size < SVNIC_BAR_DOORBELL_SIZE))
		rc = -ENXIO;
	if (rc == 0)
		c->doorbell_offset = info.offset;
	else
		snprintf(why, len, "its doorbells cannot be mapped: %s",
			 strerror(-rc));
	return rc;
}

static int wait_ready(struct card *c)
{
	const struct timespec step = { .tv_nsec = READY_STEP_NS };
	uint64_t end = now_ms() + VFU_TIMEOUT_MS;
	uint32_t status = 0;
	int rc;

	for (;;) {
		rc = reg_read(c, SVNIC_REG_STATUS, &status);
		if (rc || status & SVNIC_STATUS_READY)
			return rc;
		if (now_ms() >= end)
			return -ETIMEDOUT;
		nanosleep(&step, NULL);
	}
}

/* Reset, so that VIFs which an earlier daemon left do not stand in the way. */
static int queues_enable(struct card *c)
{
	const uint16_t command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	const struct {
		uint32_t reg;
		uint32_t value;
	} writes[] = {
		{ SVNIC_REG_CONTROL, SVNIC_CONTROL_RESET },
		{ SVNIC_REG_SQ_LO, (uint32_t)(OWN_ADDRESS + AT_SQ) },
		{ SVNIC_REG_SQ_HI, (OWN_ADDRESS + AT_SQ) >> 32 },
		{ SVNIC_REG_CQ_LO, (uint32_t)(OWN_ADDRESS + AT_CQ) },
		{ SVNIC_REG_CQ_HI, (OWN_ADDRESS + AT_CQ) >> 32 },
		{ SVNIC_REG_CONTROL, SVNIC_CONTROL_ENABLE },
	};
	size_t i;
	int rc;

	rc = vfu_write(&c->vfu, VFIO_PCI_CONFIG_REGION_INDEX, PCI_COMMAND,
		       &command, sizeof(command));
	for (i = 0; rc == 0 && i < sizeof(writes) / sizeof(writes[0]); i++)
		rc = reg_write(c, writes[i].reg, writes[i].value);
	return rc ? rc : wait_ready(c);
}

static int bring_up(struct card *c)
{
	struct svnic_admin_cmd cmd = { .opcode = SVNIC_OP_EVENT_RING };
	int rc;

	c->next_address = FIRST_ADDRESS;
	rc = vfu_dma_map(&c->vfu, c->memfd, OWN_ADDRESS, MEMORY_SIZE);
	if (rc == 0)
		rc = vfu_set_irq(&c->vfu, VFIO_PCI_MSIX_IRQ_INDEX,
				 SVNIC_VECTOR_ADMIN, c->admin_event);
	if (rc == 0)
		rc = vfu_set_irq(&c->vfu, VFIO_PCI_MSIX_IRQ_INDEX,
				 SVNIC_VECTOR_EVENT, c->ring_event);
	if (rc == 0)
		rc = queues_enable(c);
	if (rc)
		return rc;
	cmd.addr = svnic_le64(OWN_ADDRESS + AT_RING);
	cmd.len = svnic_le32(RING_SIZE);
	return card_admin(c, &cmd, NULL, 0, true, NULL);
}

int card_open(struct card *c, const char *path, char *why, size_t len)
{
	int rc;

	rc = vfu_open(&c->vfu, path);
	if (rc) {
		snprintf(why, len, "cannot connect to svnic-fw at %s: %s", path,
			 strerror(-rc));
		return rc;
	}
	rc = memory_create(c);
	if (rc)
		snprintf(why, len, "no memory for its queues: %s",
			 strerror(-rc));
	if (rc == 0)
		rc = read_identity(c, why, len);
	if (rc == 0)
		rc = find_doorbells(c, why, len);
	if (rc == 0) {
		rc = bring_up(c);
		if (rc)
			snprintf(why, len,
				 "its admin queue does not come up: %s %d",
				 rc < 0 ? strerror(-rc) : "status", rc);
	}
	if (rc)
		card_close(c);
	return rc;
}

static void event_clear(int fd)
{
	uint64_t count;

	if (read(fd, &count, sizeof(count)) < 0)
		return;
}

/* Sleep until completion @n is there. */
static int completion_wait(struct card *c, const struct svnic_admin_cpl *cpl,
			   uint32_t seq)
{
	uint64_t end = now_ms() + VFU_TIMEOUT_MS;
	struct pollfd fds[2] = {
		{ .fd = c->admin_event, .events = POLLIN },
		{ .fd = c->vfu.fd, .events = POLLIN },
	};
	uint64_t now;

	/* Pairs with answer() in device-firmware/core/admin.c (ordering.md O8). */
	while (svnic_observe32(&cpl->seq) != seq) {
		now = now_ms();
		if (now >= end || fds[1].revents)
			return vfu_break(&c->vfu);
		if (poll(fds, 2, (int)(end - now)) < 0 && errno != EINTR)
			return -errno;
		event_clear(c->admin_event);
	}
	return 0;
}

int card_admin(struct card *c, const struct svnic_admin_cmd *cmd, void *payload,
	       uint32_t len, bool to_card, uint32_t *result)
{
	struct svnic_admin_cmd *sq = (void *)(c->memory + AT_SQ);
	struct svnic_admin_cpl *cq = (void *)(c->memory + AT_CQ), *cpl, copy;
	uint32_t n = c->submitted;
	struct svnic_admin_cmd filled = *cmd;
	int rc;

	if (!card_is_open(c))
		return -ENODEV;
	filled.id = svnic_le16((uint16_t)n);
	if (len) {
		filled.addr = svnic_le64(OWN_ADDRESS + AT_PAYLOAD);
		filled.len = svnic_le32(len);
	}
	if (len && to_card)
		memcpy(c->memory + AT_PAYLOAD, payload, len);
	sq[n % SVNIC_ADMIN_ENTRIES] = filled;
	c->submitted++;
	rc = reg_write(c, SVNIC_REG_SQ_TAIL, c->submitted);
	if (rc)
		return rc;
	cpl = &cq[n % SVNIC_ADMIN_ENTRIES];
	rc = completion_wait(c, cpl, n + 1);
	if (rc)
		return rc;
	svnic_copy_in(&copy, cpl, sizeof(copy));
	if (result)
		*result = svnic_cpu32(copy.result);
	if (svnic_cpu16(copy.status))
		return svnic_cpu16(copy.status);
	if (len && !to_card)
		memcpy(payload, c->memory + AT_PAYLOAD, len);
	return 0;
}

bool card_event(struct card *c, struct svnic_event *event)
{
	struct svnic_event_ring *ring;
	const struct svnic_event *entries;

	if (!card_is_open(c))
		return false;
	ring = (void *)(c->memory + AT_RING);
	entries = (const void *)(c->memory + AT_ENTRIES);
	event_clear(c->ring_event);
	/* Pairs with write_pending() in core/event.c (ordering.md O6). */
	if (svnic_observe32(&ring->prod) == c->taken) {
		svnic_poke32(&ring->arm, c->taken);
		/* Pairs with flush_link() in core/event.c (ordering.md O7). */
		svnic_fence();
		/* Pairs with write_pending() in core/event.c (ordering.md O6). */
		if (svnic_observe32(&ring->prod) == c->taken)
			return false;
	}
	svnic_copy_in(event, &entries[c->taken % RING_ENTRIES], sizeof(*event));
	c->taken++;
	/* Pairs with room() in core/event.c (ordering.md O6). */
	svnic_publish32(&ring->cons, c->taken);
	return true;
}

int card_share(struct card *c, int fd, uint64_t size, uint64_t *address)
{
	uint64_t at = c->next_address;
	int rc;

	if (!card_is_open(c))
		return -ENODEV;
	rc = vfu_dma_map(&c->vfu, fd, at, size);
	if (rc)
		return rc;
	/* An address is never used again: 2^24 tenants fit in 50 bits. */
	c->next_address += ADDRESS_STEP;
	*address = at;
	return 0;
}

void card_unshare(struct card *c, uint64_t address, uint64_t size)
{
	if (card_is_open(c))
		(void)vfu_dma_unmap(&c->vfu, address, size);
}

int card_pages_unmap(struct card *c, unsigned int nr, uint32_t first,
		     uint32_t count, uint32_t *done)
{
	struct svnic_admin_cmd cmd = { .opcode = SVNIC_OP_PAGES_UNMAP,
				       .vif = svnic_le16((uint16_t)nr) };
	uint32_t n, taken;
	int rc;

	for (*done = 0; count; first += n, count -= n) {
		n = count < SVNIC_PAGES_BATCH ? count : SVNIC_PAGES_BATCH;
		cmd.arg.pages.first = svnic_le32(first);
		cmd.arg.pages.count = svnic_le32(n);
		rc = card_admin(c, &cmd, NULL, 0, true, &taken);
		/* Its tenant may have withdrawn some of them before. */
		if (rc && rc != SVNIC_ST_NOT_MAPPED)
			return rc;
		*done += taken;
	}
	return 0;
}

int card_pages_map(struct card *c, unsigned int nr, uint32_t first,
		   uint32_t count, uint64_t address)
{
	struct svnic_admin_cmd cmd = { .opcode = SVNIC_OP_PAGES_MAP,
				       .vif = svnic_le16((uint16_t)nr) };
	uint32_t at = first, left = count, n, i, undone;
	int rc = 0;

	for (; rc == 0 && left; at += n, left -= n) {
		__le64 *list = (void *)(c->memory + AT_PAYLOAD);

		if (!card_is_open(c))
			return -ENODEV;
		n = left < SVNIC_PAGES_BATCH ? left : SVNIC_PAGES_BATCH;
		for (i = 0; i < n; i++)
			list[i] = svnic_le64(address +
					     (uint64_t)(at - first + i) *
						     SVNIC_PAGE_SIZE);
		cmd.arg.pages.first = svnic_le32(at);
		cmd.arg.pages.count = svnic_le32(n);
		cmd.addr = svnic_le64(OWN_ADDRESS + AT_PAYLOAD);
		cmd.len = svnic_le32(n * (uint32_t)sizeof(*list));
		rc = card_admin(c, &cmd, NULL, 0, true, NULL);
		if (rc && at > first)
			(void)card_pages_unmap(c, nr, first, at - first,
					       &undone);
	}
	return rc;
}

int card_guest_irq(struct card *c, unsigned int nr, int fd)
{
	if (!card_is_open(c))
		return -ENODEV;
	return vfu_set_irq(&c->vfu, CARD_IRQ_GUESTS, nr, fd);
}
