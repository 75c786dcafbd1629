/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How worker 0 gets the card for itself (device-firmware/core/worker.c): it
 * asks for a halt, looks at the state of each other worker, twice, and changes
 * the card; a worker begins nothing while the halt is on, deals with the parcels
 * of others, and rests when it has none out.  Stores that are followed by
 * svnic_fence() are taken as seen at once, rings and the other stores as the
 * store they are.  tests/model/run checks that nobody touches the card while
 * worker 0 changes it, and that this model finds it out if there is only one
 * look (-DONE_LOOK) or if who rests does not say that it runs before it deals
 * with a parcel (-DQUIET).
 */
#define WORKERS 2 /* beside worker 0; 3 take a minute */
#define RUNS	0
#define RESTS	1
#define SLEEPS	2
#ifdef ONE_LOOK
#define LOOKS 1
#else
#define LOOKS 2
#endif

bool halt;
byte state[WORKERS];
byte ring[WORKERS];	 /* parcels on their way to a worker */
byte from[WORKERS];	 /* whose the one is that it deals with */
bool out[WORKERS];	 /* it has a parcel out */
bool home[WORKERS];	 /* ... which is back in its ring */
bool busy[WORKERS];	 /* it touches the card */
bool changes;		 /* worker 0 does */

/* What a worker does between two looks at anything shared. */
#define TOUCH(n) busy[n] = true; assert(!changes); busy[n] = false

proctype worker(byte n)
{
	byte to;
	byte rounds;

end:	do
	/* core_poll() of a worker that is not halted: a burst for another. */
	:: !halt && state[n] == RUNS && !out[n] && rounds < 2 ->
		TOUCH(n);
		rounds++;
		to = (n + 1) % WORKERS;
		out[n] = true;
		ring[to]++; /* pass_on() */
		/* worker_call() */
		if
		:: state[to] == SLEEPS -> state[to] = RUNS
		:: else
		fi
	/* The halt is over: run() and another look. */
	:: !halt && state[n] == RESTS ->
		state[n] = RUNS
	/* Another's parcel: worker_finish() or parcel_poll(). */
	:: ring[n] > 0 && state[n] != SLEEPS ->
#ifndef QUIET
		state[n] = RUNS;
#endif
		ring[n]--;
		TOUCH(n);
		/* It goes home; then completions and events are shown. */
		home[(n + WORKERS - 1) % WORKERS] = true;
		TOUCH(n)
	:: home[n] ->
#ifndef QUIET
		state[n] = RUNS;
#endif
		TOUCH(n);
		home[n] = false;
		out[n] = false
	/* worker_finish(): nothing under way. */
	:: halt && state[n] == RUNS && !out[n] && ring[n] == 0 ->
		state[n] = RESTS
	/* core_may_sleep(): one more look at the ring. */
	:: state[n] != SLEEPS && !out[n] ->
		state[n] = SLEEPS;
		if
		:: ring[n] > 0 -> state[n] = RUNS
		:: else
		fi
	/* A sleep ends by itself, too. */
	:: state[n] == SLEEPS && rounds < 2 ->
		state[n] = RUNS
	od
}

#define RESTING(n) (state[n] != RUNS)

proctype first()
{
	byte i;
	byte look;
	byte halts;

	do
	:: halts < 2 ->
		halts++;
		halt = true;
again:
		look = 0;
		do
		:: look < LOOKS ->
			for (i : 0 .. WORKERS - 1) {
				if
				:: RESTING(i)
				:: else -> goto again
				fi
			}
			look++
		:: else -> break
		od;
		atomic {
			changes = true;
			for (i : 0 .. WORKERS - 1) {
				assert(!busy[i] && !out[i] && ring[i] == 0)
			}
		}
		changes = false;
		halt = false;
		for (i : 0 .. WORKERS - 1) {
			if
			:: state[i] == SLEEPS -> state[i] = RUNS
			:: else
			fi
		}
	:: else -> break
	od
}

init {
	byte i;

	atomic {
		for (i : 0 .. WORKERS - 1) {
			run worker(i)
		}
		run first()
	}
}
