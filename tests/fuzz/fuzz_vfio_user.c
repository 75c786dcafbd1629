/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fuzz target: any octets and descriptors, sent to the real server loop over a
 * socket pair.  Every reply must be well formed (vfu_client aborts otherwise),
 * every announced range must be usable to its last octet, and in the end no
 * descriptor may be left over.
 *
 * Input: records of an octet of bits, a length (16 bits, little-endian), and
 * so many octets that are sent at once.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../device-firmware/hal/hosted/log.h"
#include "../fakes/vfu_client.h"
#include "fuzz.h"

#define RECORD_FDS     0x03u /* so many descriptors come along */
#define RECORD_EVENTFD 0x04u /* eventfds rather than memory */
#define RECORD_FIX     0x08u /* make it a command of just this length */
#define RECORD_AGAIN   0x10u /* connect anew first */
#define RECORD_VERSION 0x20u /* exchange VERSION before */
#define RECORD_PERSIST 0x40u /* first record: the link persists */

#define MEMORY_SIZE 0x100000

static int fuzz_fds[2]; /* memory, eventfd */

static void fuzz_once(void)
{
	if (fuzz_fds[0] > 0)
		return;
	log_set_level(LOG_LEVEL_ERR);
	fuzz_fds[0] = memfd_create("fuzz", MFD_CLOEXEC);
	fuzz_fds[1] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (fuzz_fds[0] < 0 || fuzz_fds[1] < 0 ||
	    ftruncate(fuzz_fds[0], MEMORY_SIZE) < 0)
		abort();
}

static void check_ranges(struct vfu_client *c)
{
	struct dma_map *map = &c->link.server.dev.dma;
	unsigned int i;

	for (i = 0; i < map->nr; i++) {
		struct dma_window w = map->range[i].window;
		volatile uint8_t *p;

		if (i > 0 && map->range[i - 1].window.addr +
					     map->range[i - 1].window.size >
				     w.addr)
			abort();
		p = dma_find(map, w.addr + w.size - 1, 1, DMA_WRITE);
		if ((p != NULL) != ((w.flags & DMA_WRITE) != 0))
			abort();
		if (p)
			*p = 1;
		if (w.size && dma_find(map, w.addr + w.size - 1, 2, DMA_READ))
			abort();
	}
}

static void reconnect(struct vfu_client *c)
{
	unsigned int i;

	close(c->fd);
	/* What was sent before the end is still served. */
	for (i = 0; i < 1000 && link_is_connected(&c->link); i++)
		link_serve(&c->link);
	if (link_is_connected(&c->link))
		abort();
	client_connect(c);
}

static void play(struct vfu_client *c, uint8_t bits, uint8_t *data, size_t len)
{
	int fds[3];
	unsigned int i;

	if (bits & (RECORD_AGAIN | RECORD_VERSION) ||
	    !link_is_connected(&c->link))
		reconnect(c);
	if (bits & RECORD_VERSION)
		client_version(c);
	for (i = 0; i < 3; i++)
		fds[i] = fuzz_fds[bits & RECORD_EVENTFD ? 1 : 0];
	if (bits & RECORD_FIX && len >= sizeof(struct vfu_header)) {
		struct vfu_header h;

		memcpy(&h, data, sizeof(h));
		h.size = (uint32_t)len;
		h.flags &= VFU_NO_REPLY;
		memcpy(data, &h, sizeof(h));
	}
	client_send(c, data, len, fds, bits & RECORD_FDS);
	while (client_receive(c) == 1)
		link_serve(&c->link);
	if (link_is_connected(&c->link))
		irqs_raise(&c->link.server.dev.msix, bits & 1);
	irqs_raise(&c->link.server.dev.guest, bits);
	check_ranges(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vfu_client client;
	unsigned int fds;

	fuzz_once();
	fds = count_fds();
	client_init(&client, size > 0 && data[0] & RECORD_PERSIST);
	while (size > 3) {
		size_t len = data[1] | (size_t)data[2] << 8;
		uint8_t *copy;

		if (len > size - 3)
			len = size - 3;
		/* A block of its own, so that a sanitizer sees its end. */
		copy = malloc(len ? len : 1);
		if (!copy)
			abort();
		memcpy(copy, data + 3, len);
		if (len > 0)
			play(&client, data[0], copy, len);
		free(copy);
		data += 3 + len;
		size -= 3 + len;
	}
	client_fini(&client);
	if (count_fds() != fds)
		abort();
	return 0;
}
