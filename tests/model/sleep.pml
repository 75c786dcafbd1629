/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sleep protocol of include/svnic/ring.h: process, arm, look again, sleep.
 * Each side has a store buffer of one entry that may drain at any moment (x86
 * TSO, and enough of weaker machines for one store then one load).  Without
 * either svnic_fence() a wake-up can be lost: tests/model/run checks that this
 * model says so, with -DNO_GUEST_FENCE and -DNO_CARD_FENCE.
 *
 * The queue and the event ring use the same protocol, so one model serves both.
 */
#define N 5 /* entries the card produces in all */

byte done_mem = 0;    /* rx_done in memory ... */
byte done_buf;	      /* ... and in the card's store buffer */
bool done_dirty;
byte event_mem = 255; /* rx_event: far behind, nothing is armed */
byte event_buf;
bool event_dirty;
bool irq;	      /* an event was raised and not yet taken */

#define FLUSH(x) \
	atomic { if :: x##_dirty -> x##_mem = x##_buf; x##_dirty = false \
		    :: else fi }
#define STORE(x, v) \
	atomic { if :: x##_dirty -> x##_mem = x##_buf :: else fi; \
		 x##_buf = v; x##_dirty = true }

active proctype card()
{
	byte done = 0, old, event;

	do
	:: done < N ->
		old = done;
		if /* a batch of one or two */
		:: done = done + 1
		:: done + 2 <= N -> done = done + 2
		fi;
		STORE(done, done);
#ifndef NO_CARD_FENCE
		FLUSH(done);
#endif
		event = event_mem;
		/* svnic_ring_passes() */
		if
		:: ((done - event - 1) & 255) < ((done - old) & 255) ->
			irq = true
		:: else
		fi
	:: done == N -> break
	od
}

active proctype guest()
{
	byte next = 0;

	do
	:: next == N -> break
	:: next < N ->
		next = done_mem;
		if
		:: next == N -> break
		:: else
		fi;
		STORE(event, next);
#ifndef NO_GUEST_FENCE
		FLUSH(event);
#endif
		if
		:: done_mem != next /* look again: go on */
		:: else ->
			irq; /* sleep */
			irq = false
		fi
	od
}

active proctype drain()
{
end:	do
	:: done_dirty -> FLUSH(done)
	:: event_dirty -> FLUSH(event)
	od
}
