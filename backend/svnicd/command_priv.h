/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files that carry out commands share; private to command*.c.  An
 * answer is a new reference, and so is an error.
 */
#ifndef SVNICD_COMMAND_PRIV_H
#define SVNICD_COMMAND_PRIV_H

#include <svnic/control.h>

#include "command.h"

#define COMMAND_TEXTS 8 /* numbers among the arguments of one command */

struct vif;

struct command {
	struct daemon *d;
	json_t *args;
	struct bufferevent *client;
	struct capture **capture;
	char text[COMMAND_TEXTS][24]; /* numbers of the arguments, as text */
	unsigned int nr_texts;
};

#define COMMAND_AS_CODE(name, text) extern const char code_##name[];
SVNIC_CONTROL_ERRORS(COMMAND_AS_CODE)

__attribute__((format(printf, 3, 4))) json_t *
command_fail(const char *code, const char *hint, const char *fmt, ...);
json_t *command_success(json_t *result);
json_t *command_no_card(const struct daemon *d);
/* A card function's result. */
json_t *command_refused(const struct command *c, const char *what, int err);

/* The argument @name as text; NULL when not given. */
const char *command_text(const struct command *c, const char *name);
/* The same, or an integer as its text. */
const char *command_number(struct command *c, const char *name);
/* The VIF that is named, or NULL and an error. */
struct vif *command_vif(const struct command *c, json_t **error);

#define COMMAND_AS_RUN(name, args, text) json_t *run_##name(struct command *c);
SVNIC_CONTROL_COMMANDS(COMMAND_AS_RUN)

#endif /* SVNICD_COMMAND_PRIV_H */
