// SPDX-License-Identifier: GPL-2.0-only
/*
 * A queue pair's life: up, poll, sleep, fail, reset, down.
 *
 * The tx event is armed only while the stack is stopped, the rx event whenever
 * NAPI sleeps; both by NAPI alone, before it completes: an event that comes in
 * between finds NAPI scheduled, which makes napi_complete_done() run it again.
 *
 * The card is not trusted.  An index that cannot be true, or a FAULTED state,
 * marks the queue broken; from then on nothing of it is used until a worker
 * has restarted it by the doorbell (abi.md 7) or through the owner.
 */
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/net.h>
#include <linux/sched/clock.h>
#include "net.h"
#include "poller.h"

#define RESET_WAIT_MS 1000
#define DRAIN_MS      20
#define STEADY	      (10 * HZ) /* a queue that ran so long was well */
#define PATIENCE_MIN  (1ul * HZ)
#define PATIENCE_MAX  (60ul * HZ)
#define NO_TX_EVENT   0x80000000u
#define JUDGE_POLLS   16 /* before traffic is called a stream */
#define QUIET_NS      (10 * NSEC_PER_MSEC) /* after them it is none */

static const char *const fault_text[SVNIC_V_NR] = {
#define AS_TEXT(nr, name, text) [nr] = text,
	SVNIC_VERDICTS(AS_TEXT)
};

void svnic_net_kick(struct svnic_net_queue *q)
{
	struct svnic_doorbell __iomem *bell = q->net->config.doorbell;

	/* Two contexts ring; each value is written once, so none is missed. */
	writel((u32)atomic_inc_return(&q->kick), &bell[q->index].kick);
}

bool svnic_net_queue_has_work(const struct svnic_net_queue *q)
{
	const struct svnic_queue_ctrl *c = q->rx.ring.ctrl;

	return svnic_peek32(&c->rx_done) != READ_ONCE(q->rx.ring.done) ||
	       svnic_peek32(&c->tx_cons) != READ_ONCE(q->tx.ring.done) ||
	       svnic_peek32(&c->state) != SVNIC_QUEUE_RUNNING;
}

void svnic_net_queue_fail(struct svnic_net_queue *q, const char *why)
{
	if (xchg(&q->broken, true))
		return;
	if (net_ratelimit())
		netdev_err(q->net->dev, "queue %u %s; restarting it\n",
			   q->index, why);
	if (time_after(jiffies, q->last_reset + q->patience + STEADY))
		q->patience = PATIENCE_MIN;
	mod_delayed_work(system_wq, &q->net->reset, 0);
}

/* Did the card stop the queue? */
static void check_state(struct svnic_net_queue *q)
{
	const struct svnic_queue_ctrl *c = q->rx.ring.ctrl;
	u32 state = svnic_peek32(&c->state);
	const char *text = "its backend asked for it";
	char why[80];
	u32 fault;

	if (state == SVNIC_QUEUE_RUNNING || q->broken || READ_ONCE(q->stopping))
		return;
	if (state == SVNIC_QUEUE_FAULTED) {
		fault = svnic_peek32(&c->fault);
		text = "unknown reason";
		if (fault < SVNIC_V_NR) {
			atomic_long_inc(&q->faults[fault]);
			text = fault_text[fault];
		}
	}
	snprintf(why, sizeof(why), "stopped by the card: %s", text);
	svnic_net_queue_fail(q, why);
}

/* NAPI --------------------------------------------------------------------- */

/*
 * A stream goes mostly one way, and a few microseconds more in an event are
 * nothing to it; a conversation goes both ways in turn, and waits for each.
 */
static void moderate(struct svnic_net_queue *q, int done)
{
	unsigned long kicks = READ_ONCE(q->tx.kicks);
	unsigned long sent = kicks - q->recent_kicks;
	u64 now = local_clock();
	u32 hold = q->hold;

	q->recent_rx += (u32)done;
	if (now - q->recent_at > QUIET_NS)
		hold = 0;
	else if (++q->recent_polls < JUDGE_POLLS)
		goto out_time;
	else if (q->recent_rx > 2 * sent || sent > 2ul * q->recent_rx)
		hold = READ_ONCE(q->net->hold_us);
	else
		hold = 0;
	q->recent_polls = 0;
	q->recent_rx = 0;
	q->recent_kicks = kicks;
out_time:
	q->recent_at = now;
	if (hold == q->hold)
		return;
	WRITE_ONCE(q->hold, hold);
	svnic_poke32(&q->rx.ring.ctrl->hold, hold);
}

/* Arm and look again; true: something came, do not sleep. */
static bool arm(struct svnic_net_queue *q)
{
	struct netdev_queue *txq = svnic_net_txq(q);
	u32 behind = NO_TX_EVENT;
	bool more;

	__netif_tx_lock(txq, smp_processor_id());
	/* Of a queue that went another way nothing is taken back. */
	if (netif_xmit_stopped(txq) && svnic_net_is_direct(q))
		behind = (q->tx.published - q->tx.ring.done) / 2;
	more = svnic_arm(&q->tx.ring, &q->rx.ring, behind);
	__netif_tx_unlock(txq);
	q->armed = true;
	check_state(q);
	return more;
}

/* Its frames take the other way from now on, or wait. */
static void leave(struct svnic_net_queue *q)
{
	struct netdev_queue *txq = svnic_net_txq(q);

	__netif_tx_lock(txq, smp_processor_id());
	svnic_net_tx_leave(q);
	__netif_tx_unlock(txq);
}

int svnic_net_poll(struct napi_struct *napi, int budget)
{
	struct svnic_net_queue *q =
		container_of(napi, struct svnic_net_queue, napi);
	int done = 0;

	if (!budget) { /* netpoll: NAPI may be asleep, leave it armed */
		svnic_net_tx_netpoll(q);
		return 0;
	}
	q->polls++;
	if (q->broken)
		goto out_complete;
	svnic_net_tx_poll(q);
	if (q->armed) {
		svnic_disarm(&q->tx.ring, &q->rx.ring);
		q->armed = false;
	}
	done = svnic_net_rx_poll(q, budget);
	if (done >= budget)
		return budget;
	if (done && !q->broken)
		moderate(q, done);
	if (!q->broken && arm(q))
		return budget;
	if (done)
		svnic_net_poller_touch(q);
out_complete:
	if (q->broken)
		leave(q);
	napi_complete_done(napi, done);
	return done;
}

/* Up and down -------------------------------------------------------------- */

/* All is with the guest and the card knows the queue: let it run. */
static void queue_go(struct svnic_net_queue *q)
{
	struct netdev_queue *txq = svnic_net_txq(q);

	q->armed = false;
	q->started = true;
	WRITE_ONCE(q->broken, false);
	WRITE_ONCE(q->stopping, false);
	napi_enable(&q->napi);
	__netif_tx_lock_bh(txq);
	WRITE_ONCE(q->live, true);
	/* With a slow path, svnic_net_promote() says when. */
	WRITE_ONCE(q->diverted, q->net->config.slow != NULL);
	if (!q->diverted)
		netif_tx_wake_queue(txq);
	napi_schedule(&q->napi);
	__netif_tx_unlock_bh(txq);
	/* The card looks at the buffers, after a reset too. */
	svnic_net_kick(q);
	svnic_net_poller_start(q);
}

/* What the card has delivered goes to the stack. */
static void rx_drain(struct svnic_net_queue *q)
{
	unsigned long end = jiffies + msecs_to_jiffies(DRAIN_MS);
	const struct svnic_queue_ctrl *c = q->rx.ring.ctrl;

	while (svnic_peek32(&c->rx_done) != READ_ONCE(q->rx.ring.done) &&
	       !READ_ONCE(q->broken) && time_before(jiffies, end)) {
		local_bh_disable();
		napi_schedule(&q->napi);
		local_bh_enable();
		usleep_range(50, 200);
	}
}

/* Frames go another way from now on. */
static void queue_divert(struct svnic_net_queue *q)
{
	struct netdev_queue *txq = svnic_net_txq(q);

	__netif_tx_lock_bh(txq);
	WRITE_ONCE(q->diverted, true);
	svnic_net_tx_leave(q);
	__netif_tx_unlock_bh(txq);
}

/* No context uses the queue after this, until queue_go(). */
static void queue_halt(struct svnic_net_queue *q)
{
	struct netdev_queue *txq = svnic_net_txq(q);

	if (!q->started)
		return;
	queue_divert(q);
	svnic_net_poller_park(q);
	__netif_tx_lock_bh(txq);
	WRITE_ONCE(q->live, false);
	__netif_tx_unlock_bh(txq);
	napi_disable(&q->napi);
	q->started = false;
	synchronize_net();
}

/* abi.md 7: zero what is ours, change the word, wait until it comes back. */
static bool ring_reset(struct svnic_net_queue *q)
{
	struct svnic_queue_ctrl *c = q->area;
	unsigned long end = jiffies + msecs_to_jiffies(RESET_WAIT_MS);

	svnic_poke32(&c->tx_prod, 0);
	svnic_poke32(&c->tx_event, 0);
	svnic_poke32(&c->rx_prod, 0);
	svnic_poke32(&c->rx_event, 0);
	svnic_poke32(&c->hold, 0);
	q->reset++;
	writel(q->reset, &q->net->config.doorbell[q->index].reset);
	/* Pairs with rewind() in device-firmware/core/queue.c
	 * (ordering.md O2, O4). */
	while (svnic_observe32(&c->reset) != q->reset) {
		if (time_after(jiffies, end))
			return false;
		usleep_range(50, 200);
	}
	return true;
}

/* As they are after QUEUE_START and after a reset. */
static void rewind(struct svnic_net_queue *q)
{
	svnic_queue_init(&q->tx.ring, &q->rx.ring, q->area,
			 q->net->shape.tx_order, q->net->shape.rx_order);
	q->hold = 0;
	svnic_net_tx_rewind(q);
	svnic_net_rx_rewind(q);
}

static int card_stop(struct svnic_net_queue *q)
{
	const struct svnic_net_config *config = &q->net->config;
	int r = 0;

	if (q->at_card)
		r = config->ops->queue_stop(config->owner, q->index);
	if (!r)
		q->at_card = false;
	return r;
}

static int card_start(struct svnic_net_queue *q)
{
	const struct svnic_net_config *config = &q->net->config;
	struct svnic_queue_config qc = {
		.base = svnic_le32(q->area_run.first),
		.tx_order = (u8)q->net->shape.tx_order,
		.rx_order = (u8)q->net->shape.rx_order,
	};
	int r;

	memset(q->area, 0, (size_t)q->area_run.nr * PAGE_SIZE);
	rewind(q);
	r = config->ops->queue_start(config->owner, q->index, &qc);
	if (!r)
		q->at_card = true;
	else if (net_ratelimit())
		netdev_err(q->net->dev, "queue %u cannot be started: %pe\n",
			   q->index, ERR_PTR(r));
	return r;
}

int svnic_net_queue_up(struct svnic_net_queue *q)
{
	int r = 0;

	if (q->started)
		return 0;
	/* One that the card runs already needs nobody but the card. */
	if (q->at_card && ring_reset(q)) {
		rewind(q);
	} else {
		card_stop(q);
		r = card_start(q);
	}
	if (!r)
		queue_go(q);
	return r;
}

int svnic_net_queue_down(struct svnic_net_queue *q, bool ask)
{
	int r = 0;

	if (ask && q->started && !q->broken) {
		queue_divert(q);
		svnic_net_tx_drain(q);
		WRITE_ONCE(q->stopping, true);
		r = card_stop(q);
		rx_drain(q);
	}
	queue_halt(q);
	if (ask)
		return r ? r : card_stop(q);
	q->at_card = false;
	return 0;
}

unsigned long svnic_net_queue_patience(const struct svnic_net_queue *q)
{
	unsigned long due = q->last_reset + READ_ONCE(q->patience);

	return time_before(jiffies, due) ? due - jiffies : 0;
}

void svnic_net_queue_rest(struct svnic_net_queue *q)
{
	queue_halt(q);
	card_stop(q);
}

int svnic_net_queue_reset(struct svnic_net_queue *q)
{
	queue_halt(q);
	q->last_reset = jiffies;
	q->patience = clamp(q->patience * 2, PATIENCE_MIN, PATIENCE_MAX);
	q->resets++;
	return svnic_net_queue_up(q);
}
