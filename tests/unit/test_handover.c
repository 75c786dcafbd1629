/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owner and core: a client talks to an owner while its core dies at every
 * point of the conversation, before and after it did what it was told; the
 * next one starts from the owner's books and must have all that the client
 * ever said, once.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../device-firmware/hal/hosted/agent.h"
#include "../../device-firmware/hal/hosted/card.h"
#include "../../device-firmware/hal/hosted/remote.h"
#include "../fakes/vfu_client.h"

#define MIB   0x100000ull
#define NEVER (~0u)

/* An owner with a client, and its core in the same process. */
struct pair {
	struct remote remote;
	struct vfu_client c;
	struct options options;
	struct card card;
	int arena_fd;
	unsigned int calls;
	unsigned int die_at; /* number of the call, from 1 */
	bool after;	     /* ... it was carried out */
	unsigned int starts;
};

static int duplicate(int fd)
{
	return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

/* A process that is executed has descriptors of its own. */
static void duplicate_all(struct handover *h)
{
	struct handover_line *line = (void *)(uintptr_t)handover_lines(h);
	struct handover_dma *dma = (void *)(uintptr_t)handover_dma(h);
	unsigned int i;

	h->arena_fd = duplicate(h->arena_fd);
	h->link[0].doorbell_fd = duplicate(h->link[0].doorbell_fd);
	for (i = 0; i < h->nr_dma; i++)
		dma[i].fd = duplicate(dma[i].fd);
	for (i = 0; i < h->nr_lines; i++)
		line[i].fd = duplicate(line[i].fd);
}

static void start_core(struct pair *p)
{
	struct handover *h = handover_new(&p->c.link, 1);
	int fd, pair[2];

	assert_non_null(h);
	assert_int_equal(channel_pair(pair), 0);
	close(pair[0]);
	h->arena_fd = p->arena_fd;
	h->is_first = p->starts++ == 0;
	duplicate_all(h);
	h->channel = pair[1];
	fd = handover_write(h);
	assert_true(fd >= 0);
	free(h);
	h = handover_read(fd);
	assert_non_null(h);
	close(fd);
	assert_int_equal(card_init(&p->card, &p->options, h), 0);
	free(h);
}

static void end_core(struct pair *p)
{
	close(p->card.channel);
	card_fini(&p->card);
}

/* As supervise_call() does it, with a death where the test wants one. */
static int call(struct remote *r, struct channel_msg *m, int fd)
{
	struct pair *p = (struct pair *)r;
	const struct channel_msg asked = *m;
	bool dies = ++p->calls == p->die_at;
	struct device *dev;

	if (!dies || p->after) {
		dev = &p->card.links.link[m->link].server.dev;
		agent_do(dev, m, duplicate(fd));
	}
	if (!dies)
		return 0;
	end_core(p);
	start_core(p);
	*m = asked;
	m->error = 0;
	if (channel_is_asked_again(m->op))
		agent_do(&p->card.links.link[m->link].server.dev, m,
			 duplicate(fd));
	return 0;
}

/* The core has what the books say. */
static void check(struct pair *p)
{
	const struct device *books = &p->c.link.server.dev;
	struct device *dev = &p->card.links.link[0].server.dev;
	const struct irq_set *a = &books->guest, *b = &dev->guest;
	unsigned int i;

	assert_int_equal(dev->connected, books->connected);
	assert_int_equal(dev->dma.nr, books->dma.nr);
	for (i = 0; i < books->dma.nr; i++) {
		const struct dma_range *want = &books->dma.range[i];
		const struct dma_range *have = &dev->dma.range[i];

		assert_int_equal(have->window.addr, want->window.addr);
		assert_int_equal(have->window.size, want->window.size);
		assert_int_equal(have->stale, want->stale);
		assert_int_equal(have->base != NULL, want->fd >= 0);
	}
	for (i = 0; i < 16; i++) {
		assert_int_equal(b->line[i].fd >= 0, a->line[i].fd >= 0);
		assert_int_equal(b->line[i].masked, a->line[i].masked);
	}
	for (i = 0; i < SVNIC_NR_VECTORS; i++)
		assert_int_equal(dev->msix.line[i].fd >= 0,
				 books->msix.line[i].fd >= 0);
	books->doorbells[5 * 4096]++;
	assert_int_equal(dev->doorbells[5 * 4096], books->doorbells[5 * 4096]);
}

static int memory(uint32_t mark)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_int_equal(ftruncate(fd, 2 * MIB), 0);
	assert_int_equal(pwrite(fd, &mark, 4, MIB), 4);
	return fd;
}

static bool is_raised(int fd)
{
	uint64_t n;

	return read(fd, &n, sizeof(n)) == sizeof(n);
}

/* What the core reads at a bus address; 0: nothing is there. */
static uint32_t core_sees(struct pair *p, uint64_t addr)
{
	uint32_t *at =
		dma_find(&p->card.links.link[0].server.dev.dma, addr, 4, 3);

	return at ? *at : 0;
}

static void must(struct pair *p, int err)
{
	assert_int_equal(err, 0);
	check(p);
}

static void unmap(struct pair *p, uint64_t addr)
{
	struct vfu_dma_unmap u = { .argsz = sizeof(u),
				   .addr = addr,
				   .size = MIB };

	must(p, client_call(&p->c, VFU_DMA_UNMAP, &u, sizeof(u), NULL, 0));
}

static void memory_and_lines(struct pair *p, int mem, const int *e)
{
	struct vfu_client *c = &p->c;

	must(p, client_map(c, 16 * MIB, MIB, mem, MIB));
	must(p, client_map(c, 32 * MIB, MIB, mem, 0));
	must(p, client_map(c, 48 * MIB, MIB, -1, 0));
	assert_int_equal(client_map(c, 16 * MIB, MIB, mem, MIB), EEXIST);
	assert_int_equal(core_sees(p, 16 * MIB), 0x1234);
	unmap(p, 32 * MIB);
	assert_int_equal(core_sees(p, 32 * MIB), 0);
	must(p, client_set_irqs(c, 2, 0x24, 0, 2, e, 2));
	must(p, client_set_irqs(c, 5, 0x24, 7, 1, e + 2, 1));
	must(p, client_set_irqs(c, 5, 0x09, 7, 1, NULL, 0));
	is_raised(e[2]);
	irqs_raise(&p->card.links.link[0].server.dev.guest, 7);
	assert_false(is_raised(e[2]));
	must(p, client_set_irqs(c, 5, 0x11, 7, 1, NULL, 0));
	must(p, client_set_irqs(c, 5, 0x21, 7, 1, NULL, 0));
	assert_true(is_raised(e[2]));
	must(p, client_set_irqs(c, 2, 0x24, 1, 1, NULL, 0));
}

static void registers(struct pair *p)
{
	struct vfu_client *c = &p->c;
	uint32_t v = 0x77, got;

	must(p, client_write(c, 0, SVNIC_REG_SQ_LO, 4, &v));
	must(p, client_read(c, 0, SVNIC_REG_SQ_LO, 4));
	memcpy(&got, c->data + 16, 4);
	assert_int_equal(got, v);
	must(p, client_read(c, 0, SVNIC_REG_MSIX_PBA, 4));
	must(p, client_call(c, VFU_DEVICE_RESET, NULL, 0, NULL, 0));
	must(p, client_read(c, 0, SVNIC_REG_SQ_LO, 4));
	memcpy(&got, c->data + 16, 4);
	assert_int_equal(got, 0);
	must(p, client_write(c, 0, SVNIC_REG_SQ_LO, 4, &v));
}

static void gone_and_back(struct pair *p, int mem)
{
	bool persist = p->c.link.config.persist;
	struct vfu_client *c = &p->c;

	close(c->fd);
	link_serve(&c->link);
	check(p);
	assert_int_equal(core_sees(p, 16 * MIB), persist ? 0x1234 : 0);
	client_connect(c);
	check(p);
	must(p, client_version(c));
	must(p, client_map(c, 16 * MIB, MIB, mem, MIB));
	assert_int_equal(core_sees(p, 16 * MIB), 0x1234);
}

/* The whole conversation: how many calls to the core it takes. */
static unsigned int converse(bool persist, unsigned int die_at, bool after)
{
	static struct pair p;
	unsigned int before = count_fds(), i;
	int mem = memory(0x1234), e[3];

	memset(&p, 0, sizeof(p));
	for (i = 0; i < 3; i++)
		e[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	p.remote.call = call;
	p.die_at = die_at;
	p.after = after;
	p.options.nr_links = 1;
	p.options.link[0].persist = persist;
	p.arena_fd = memfd_create("arena", MFD_CLOEXEC);
	p.card.links.link = NULL;
	/* The owner's link connects at once, and asks. */
	client_prepare_owner(&p.c, persist, &p.remote);
	start_core(&p);
	client_connect(&p.c);
	must(&p, client_version(&p.c));
	memory_and_lines(&p, mem, e);
	registers(&p);
	gone_and_back(&p, mem);
	client_fini(&p.c);
	end_core(&p);
	assert_int_equal(p.starts, die_at < p.calls + 1 ? 2 : 1);
	for (i = 0; i < 3; i++)
		close(e[i]);
	close(mem);
	close(p.arena_fd);
	assert_int_equal(count_fds(), before);
	return p.calls;
}

static void test_cut_at_every_call(void **state)
{
	unsigned int persist, total, i;

	(void)state;
	for (persist = 0; persist < 2; persist++) {
		total = converse(persist, NEVER, false);
		assert_true(total > 15);
		for (i = 1; i <= total; i++) {
			converse(persist, i, false);
			converse(persist, i, true);
		}
	}
}

/* There is no core now. */
static int no_call(struct remote *r, struct channel_msg *m, int fd)
{
	(void)r;
	(void)m;
	(void)fd;
	return -EHOSTDOWN;
}

/* A client that went while there was no core has gone for the next one too. */
static void gone_unheard(bool persist)
{
	static struct pair p;
	uint32_t v = 0x77;

	memset(&p, 0, sizeof(p));
	p.remote.call = call;
	p.die_at = NEVER;
	p.options.nr_links = 1;
	p.options.link[0].persist = persist;
	p.arena_fd = memfd_create("arena", MFD_CLOEXEC);
	client_prepare_owner(&p.c, persist, &p.remote);
	start_core(&p);
	client_connect(&p.c);
	must(&p, client_version(&p.c));
	must(&p, client_write(&p.c, 0, SVNIC_REG_SQ_LO, 4, &v));
	end_core(&p);
	start_core(&p);
	check(&p);
	assert_int_equal(p.card.core->reg[SVNIC_REG_SQ_LO / 4], v);
	end_core(&p);
	p.remote.call = no_call;
	close(p.c.fd);
	link_serve(&p.c.link);
	p.remote.call = call;
	start_core(&p);
	check(&p);
	assert_int_equal(p.card.core->reg[SVNIC_REG_SQ_LO / 4],
			 persist ? v : 0);
	client_connect(&p.c);
	client_fini(&p.c);
	end_core(&p);
	close(p.arena_fd);
}

/* Nor is a reset lost: the host believes that nothing of it runs. */
static void test_reset_unheard(void **state)
{
	static struct pair p;
	uint32_t v = 0x77;

	(void)state;
	memset(&p, 0, sizeof(p));
	p.remote.call = call;
	p.die_at = NEVER;
	p.options.nr_links = 1;
	p.options.link[0].persist = true;
	p.arena_fd = memfd_create("arena", MFD_CLOEXEC);
	client_prepare_owner(&p.c, true, &p.remote);
	start_core(&p);
	client_connect(&p.c);
	must(&p, client_version(&p.c));
	must(&p, client_write(&p.c, 0, SVNIC_REG_SQ_LO, 4, &v));
	end_core(&p);
	p.remote.call = no_call;
	assert_int_equal(client_call(&p.c, VFU_DEVICE_RESET, NULL, 0, NULL, 0),
			 0);
	p.remote.call = call;
	start_core(&p);
	assert_int_equal(p.card.core->reg[SVNIC_REG_SQ_LO / 4], 0);
	/* Once: what comes then stays. */
	must(&p, client_write(&p.c, 0, SVNIC_REG_SQ_LO, 4, &v));
	end_core(&p);
	start_core(&p);
	assert_int_equal(p.card.core->reg[SVNIC_REG_SQ_LO / 4], v);
	client_fini(&p.c);
	end_core(&p);
	close(p.arena_fd);
}

static void test_gone_unheard(void **state)
{
	(void)state;
	gone_unheard(false);
	gone_unheard(true);
}

/* A client takes all its memory away before a core starts: a few lines. */
static void test_log_of_ranges(void **state)
{
	static struct pair p;
	int mem = memory(1), old = duplicate(STDERR_FILENO);
	int said = memfd_create("said", MFD_CLOEXEC);
	uint64_t i;

	(void)state;
	memset(&p, 0, sizeof(p));
	p.remote.call = call;
	p.die_at = NEVER;
	p.options.nr_links = 1;
	p.arena_fd = memfd_create("arena", MFD_CLOEXEC);
	client_prepare_owner(&p.c, false, &p.remote);
	start_core(&p);
	client_connect(&p.c);
	must(&p, client_version(&p.c));
	for (i = 0; i < 200; i++)
		must(&p, client_map(&p.c, i * MIB, MIB, mem, 0));
	end_core(&p);
	assert_int_equal(ftruncate(mem, 0), 0);
	dup2(said, STDERR_FILENO);
	start_core(&p);
	dup2(old, STDERR_FILENO);
	close(old);
	assert_in_range(lseek(said, 0, SEEK_END), 1, 4000);
	client_fini(&p.c);
	end_core(&p);
	close(p.arena_fd);
	close(mem);
	close(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_at_every_call),
		cmocka_unit_test(test_gone_unheard),
		cmocka_unit_test(test_reset_unheard),
		cmocka_unit_test(test_log_of_ranges),
	};

	log_set_level(LOG_LEVEL_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
