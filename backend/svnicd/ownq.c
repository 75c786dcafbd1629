/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See ownq.h.
 */
#include "ownq.h"

#include <errno.h>
#include <string.h>

#include "platform.h"
#include "platform_turn.h"

#define NEVER	0x80000000u
#define LAYOUT	0x51000001u /* and the shape; another meaning, another one */
#define NOTE_AT 2048u	    /* octet of the control page */
#define ROOM_AT 3072u

_Static_assert(sizeof(struct svnic_queue_ctrl) <= NOTE_AT &&
		       NOTE_AT + sizeof(struct ownq_note) <= ROOM_AT &&
		       ROOM_AT + OWNQ_ROOM <= SVNIC_PAGE_SIZE,
	       "room for notes");

static uint32_t layout(const struct ownq_shape *s)
{
	return LAYOUT + (s->tx_order << 20) + (s->rx_order << 16) +
	       (s->nr_buffers << 4);
}

static unsigned int area_pages(const struct ownq_shape *s)
{
	return svnic_area(s->tx_order, s->rx_order).pages;
}

typedef int (*get_fn)(struct platform *p, unsigned int nr, uint32_t first,
		      uint32_t count, void **mem);

static int take_memory(struct ownq *q, get_fn get)
{
	void *mem;
	int err;

	err = get(q->p, q->nr, q->shape.area, area_pages(&q->shape), &q->area);
	if (err)
		return err;
	err = get(q->p, q->nr, q->shape.buffers, q->shape.nr_buffers, &mem);
	if (err)
		return err;
	q->buffers = mem;
	err = q->ops->doorbell_map(q->p, q->nr, &q->page);
	if (err)
		return err;
	q->doorbell = &q->page[q->shape.queue];
	q->note = (struct ownq_note *)((char *)q->area + NOTE_AT);
	q->room = (char *)q->area + ROOM_AT;
	svnic_queue_init(&q->tx, &q->rx, q->area, q->shape.tx_order,
			 q->shape.rx_order);
	q->kicks = svnic_peek32(&q->doorbell->kick);
	q->resets = svnic_peek32(&q->doorbell->reset);
	return 0;
}

static void init(struct ownq *q, const struct platform_ops *ops,
		 struct platform *p, unsigned int nr,
		 const struct ownq_shape *shape)
{
	memset(q, 0, sizeof(*q));
	q->ops = ops;
	q->p = p;
	q->nr = nr;
	q->shape = *shape;
}

int ownq_init(struct ownq *q, const struct platform_ops *ops,
	      struct platform *p, unsigned int nr,
	      const struct ownq_shape *shape)
{
	const struct svnic_queue_config config = {
		.base = svnic_le32(shape->area),
		.tx_order = (uint8_t)shape->tx_order,
		.rx_order = (uint8_t)shape->rx_order,
	};
	int err;

	init(q, ops, p, nr, shape);
	err = take_memory(q, ops->pages_alloc);
	if (err)
		goto err_fini;
	q->note->layout = layout(shape);
	err = ops->queue_start(p, nr, shape->queue, PLATFORM_OWN, 0, &config);
	if (err)
		goto err_fini;
	q->running = true;
	return 0;

err_fini:
	ownq_fini(q);
	return err;
}

/* Its indices, if they make sense: a guest may have restarted it meanwhile. */
static bool read_indices(struct ownq *q)
{
	const struct svnic_queue_ctrl *c = q->rx.ctrl;
	uint32_t done;

	if (q->note->layout != layout(&q->shape) ||
	    svnic_peek32(&c->state) != SVNIC_QUEUE_RUNNING ||
	    svnic_peek32(&c->reset) != q->resets)
		return false;
	q->tx.next = svnic_peek32(&c->tx_prod);
	q->tx.done = svnic_peek32(&c->tx_cons);
	q->rx.next = svnic_peek32(&c->rx_prod);
	q->rx.done = svnic_peek32(&q->note->taken);
	/* Pairs with rx_return() in device-firmware/core/vif_rx.c. */
	done = svnic_observe32(&c->rx_done);
	return q->tx.next - q->tx.done <= q->tx.size &&
	       q->rx.next - q->rx.done <= q->rx.size &&
	       done - q->rx.done <= q->rx.next - q->rx.done;
}

int ownq_adopt(struct ownq *q, const struct platform_ops *ops,
	       struct platform *p, unsigned int nr,
	       const struct ownq_shape *shape)
{
	int err = -ENOENT;

	init(q, ops, p, nr, shape);
	if (ops->pages_map)
		err = take_memory(q, ops->pages_map);
	/* What was found of it must be stopped before its pages go. */
	q->running = q->area != NULL;
	if (!err && !read_indices(q))
		err = -EPROTO;
	if (err)
		ownq_fini(q);
	return err;
}

void ownq_fini(struct ownq *q)
{
	if (q->running)
		q->ops->queue_stop(q->p, q->nr, q->shape.queue);
	if (q->page)
		q->ops->doorbell_unmap(q->p, q->page);
	if (q->buffers)
		q->ops->pages_free(q->p, q->nr, q->shape.buffers,
				   q->shape.nr_buffers, q->buffers);
	if (q->area)
		q->ops->pages_free(q->p, q->nr, q->shape.area,
				   area_pages(&q->shape), q->area);
	memset(q, 0, sizeof(*q));
}

void ownq_leave(struct ownq *q)
{
	if (q->page)
		q->ops->doorbell_unmap(q->p, q->page);
	memset(q, 0, sizeof(*q));
}

void ownq_provide(struct ownq *q, uint32_t n)
{
	struct svnic_seg seg = {
		.page = svnic_le32(q->shape.buffers + n),
		.len = svnic_le16(SVNIC_PAGE_SIZE),
	};

	svnic_rx_provide(&q->rx, &seg);
}

void ownq_kick(struct ownq *q)
{
	/* First: a daemon that ends in between offers no buffer twice. */
	svnic_poke32(&q->note->taken, q->rx.done - q->behind);
	svnic_tx_publish(&q->tx);
	svnic_rx_publish(&q->rx);
	/* Pairs with look() in device-firmware/core/bell.c (ordering.md O3). */
	svnic_publish32(&q->doorbell->kick, ++q->kicks);
}

void ownq_post(const struct ownq *q, struct platform_post *post)
{
	post[0] = (struct platform_post) { .word = &q->tx.ctrl->tx_prod,
					   .value = q->tx.next };
	post[1] = (struct platform_post) { .word = &q->doorbell->kick,
					   .value = q->kicks + 1 };
}

void ownq_posted(struct ownq *q, bool posted, svnic_index from)
{
	if (posted)
		q->kicks++;
	else
		q->tx.next = from;
}

bool ownq_arm(struct ownq *q, bool tx, bool rx)
{
	struct svnic_queue_ctrl *c = q->rx.ctrl;
	svnic_index behind = (q->tx.next - q->tx.done) / 2;

	svnic_poke32(&c->tx_event,
		     tx ? q->tx.done + behind : q->tx.done - NEVER);
	svnic_poke32(&c->rx_event, rx ? q->rx.done : q->rx.done - NEVER);
	/* Pairs with event_due() in device-firmware/core/event.c
	 * (ordering.md O5). */
	svnic_fence();
	if (rx && svnic_peek32(&c->rx_done) != q->rx.done)
		return true;
	return tx && svnic_ring_passes(q->tx.done + behind,
				       svnic_peek32(&c->tx_cons), q->tx.done);
}

void ownq_disarm(struct ownq *q)
{
	struct svnic_queue_ctrl *c = q->rx.ctrl;

	svnic_poke32(&c->tx_event, q->tx.done - NEVER);
	svnic_poke32(&c->rx_event, q->rx.done - NEVER);
}

bool ownq_has_work(const struct ownq *q, bool tx)
{
	const struct svnic_queue_ctrl *c = q->rx.ctrl;

	return svnic_peek32(&c->rx_done) != q->rx.done ||
	       (tx && svnic_peek32(&c->tx_cons) != q->tx.done);
}

uint32_t ownq_page(const struct ownq *q, const void *mem)
{
	uintptr_t at = (uintptr_t)mem - (uintptr_t)q->buffers;

	if (at >= (uintptr_t)q->shape.nr_buffers * SVNIC_PAGE_SIZE)
		return PLATFORM_ELSEWHERE;
	return q->shape.buffers + (uint32_t)(at / SVNIC_PAGE_SIZE);
}

void ownq_restart(struct ownq *q)
{
	struct svnic_queue_ctrl *c = q->rx.ctrl;

	svnic_poke32(&c->tx_prod, 0);
	svnic_poke32(&c->tx_event, 0);
	svnic_poke32(&c->rx_prod, 0);
	svnic_poke32(&c->rx_event, 0);
	svnic_poke32(&c->hold, 0);
	q->tx.next = q->tx.done = 0;
	q->rx.next = q->rx.done = 0;
	q->behind = 0;
	/* The guest may have counted on in our line. */
	q->resets = svnic_peek32(&q->doorbell->reset) + 1;
	/* Pairs with look() in device-firmware/core/bell.c (ordering.md O3). */
	svnic_publish32(&q->doorbell->reset, q->resets);
}

bool ownq_is_restarted(const struct ownq *q)
{
	const struct svnic_queue_ctrl *c = q->rx.ctrl;

	/* Pairs with queue_reset() in device-firmware/core/queue.c. */
	return svnic_observe32(&c->reset) == q->resets &&
	       svnic_peek32(&c->state) == SVNIC_QUEUE_RUNNING;
}
