/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The admin command that a link is in the middle of.  A process that takes the
 * arena over finds here what the one before it had begun, and finishes it, so
 * that each command is carried out once and answered.
 */
#ifndef CORE_JOURNAL_H
#define CORE_JOURNAL_H

#include <stdint.h>
#include <svnic/abi.h>

struct core;
struct admin_call;

enum journal_state {
	JOURNAL_IDLE,  /* no command */
	JOURNAL_BEGUN, /* some of it may have been done */
	JOURNAL_DONE   /* all of it; the answer may not be there */
};

/* Written by journal.c; state is written last, and is believed. */
struct journal {
	uint32_t state;	 /* enum journal_state */
	uint32_t seq;	 /* of the command, from 1 */
	uint16_t vif;	 /* index of the VIF that it changes, or LIST_NONE */
	uint16_t id;	 /* number of the VIF that it makes */
	uint32_t before; /* of what it makes or takes, that was there before */
	uint32_t status;
	uint32_t result;
	struct svnic_admin_cmd cmd;
	struct svnic_vif_config config; /* of @vif, before */
};

/* The command of @call, number @seq, begins; it was carried out; answered. */
void journal_begin(struct core *core, const struct admin_call *call,
		   uint32_t seq);
void journal_done(struct core *core, const struct admin_call *call,
		  enum svnic_status status);
void journal_close(struct core *core, unsigned int link);

/*
 * After a takeover, before anything is rebuilt: put back what is not in one
 * piece.
 */
void journal_repair(struct core *core);

/* Finish a command that was begun: its status, and @call as it then is. */
enum svnic_status journal_finish(struct core *core, struct admin_call *call);

#endif /* CORE_JOURNAL_H */
