/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A worker whose queue waits for another worker's VIF (docs/ordering.md O13;
 * device-firmware/core/worker.c, vif_tx.c, vif_rx.c): it sends its frame as a
 * parcel, gets it back when there was no buffer, and tries again when it is
 * told that there are; it has nothing else to do and sleeps without an end.
 * The word that tells and the state that says "asleep" have store buffers of
 * one entry that may drain at any moment.  The receiver's worker also takes a
 * buffer for a frame of its own.  tests/model/run checks that all frames
 * arrive, that is, that nobody sleeps for ever, and that this model finds it
 * out without worker_call()'s fence (-DNO_TELL_FENCE), without that of
 * core_may_sleep() (-DNO_SLEEP_FENCE), if core_may_sleep() does not look once
 * more (-DNO_LOOK), and if the sender notes what it heard when its parcel is
 * back instead of when it leaves (-DHEAR_LATE).
 */
#define FRAMES	3 /* of the sender */
#define BUFFERS 4 /* and one for the receiver's own */
#define RUNS	0
#define SLEEPS	1

byte prod;	      /* the guest's rx_prod ... */
byte kick;	      /* ... and doorbell */
bool parcel;	      /* on its way to the receiver's worker */
bool home;	      /* ... and back */
bool got;	      /* what is noted in it */
bool wake;	      /* hal_wake() */
byte told_mem;	      /* told[] in memory ... */
byte told_buf;	      /* ... and in the teller's store buffer */
bool told_dirty;
byte state_mem;	      /* of the sender's worker */
byte state_buf;
bool state_dirty;

#define FLUSH(x) \
	atomic { if :: x##_dirty -> x##_mem = x##_buf; x##_dirty = false \
		    :: else fi }
#define STORE(x, v) \
	atomic { if :: x##_dirty -> x##_mem = x##_buf :: else fi; \
		 x##_buf = v; x##_dirty = true }

active proctype guest()
{
	byte n;

	do
	:: n < BUFFERS ->
		prod++;
		kick++;
		n++
	:: n == BUFFERS -> break
	od
}

active proctype receiver()
{
	byte seen;	/* buffers provided, as looked at last */
	byte next;	/* buffers used */
	byte rang;
	byte told;
	byte now;
	bool awaited;	/* the sender's queue waits */
	bool had_own;
	bool by_parcel;

end:	do
	/* switch_share(), vif_rx() */
	:: parcel ->
		parcel = false;
		by_parcel = true;
		if
		:: seen != next -> goto deliver
		:: else -> goto look
		fi
	/* A frame of its own, that it does not wait with. */
	:: !had_own && seen != next ->
		had_own = true;
		next++
	/* look() */
	:: kick != rang ->
		rang = kick;
		by_parcel = false;
		if
		:: awaited -> goto look
		:: else
		fi
	od;
	/* vif_rx_look() */
look:	now = prod;
	if
	:: now != seen ->
		seen = now;
		if
		:: awaited ->
			/* worker_tell() */
			awaited = false;
			told++;
			STORE(told, told);
			/* worker_call() */
#ifndef NO_TELL_FENCE
			FLUSH(told);
#endif
			if
			:: state_mem == SLEEPS -> wake = true
			:: else
			fi
		:: else
		fi
	:: else
	fi;
	if
	:: by_parcel -> goto deliver
	:: else -> goto end
	fi;
deliver:
	if
	:: seen != next ->
		next++;
		got = true
	:: else ->
		awaited = true;
		got = false
	fi;
	home = true;
	goto end
}

active proctype sender()
{
	byte sent;
	byte heard;	/* core->heard */
	byte noted;	/* the queue's */
	bool waits;	/* its first frame was away */
	bool out;

	do
	:: sent == FRAMES -> break
	:: else ->
		/* worker_hear() */
		heard = told_mem;
		if
		/* come_home(), vif_tx_home() */
		:: out ->
			home;
			home = false;
			out = false;
			if
			:: got -> sent++; waits = false
			:: else -> waits = true
			fi;
#ifdef HEAR_LATE
			noted = told_mem
#endif
		/* is_due(), send_away() */
		:: !out && (!waits || heard != noted) ->
#ifndef HEAR_LATE
			noted = heard;
#endif
			out = true;
			parcel = true
		:: else ->
			/* core_may_sleep() */
			STORE(state, SLEEPS);
#ifndef NO_SLEEP_FENCE
			FLUSH(state);
#endif
			if
#ifdef NO_LOOK
			:: true ->
#else
			:: told_mem == heard ->
#endif
				wake; /* sleep */
				wake = false
			:: else
			fi;
			/* core_woken() */
			STORE(state, RUNS);
			FLUSH(state)
		fi
	od
}

active proctype drain()
{
end:	do
	:: told_dirty -> FLUSH(told)
	:: state_dirty -> FLUSH(state)
	od
}
