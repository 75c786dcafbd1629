/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svnic-admin: a table of commands, each with its options and operands.  Help,
 * completion and the parser are made from the same table.
 */
#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include <stdbool.h>
#include <stddef.h>

#define ADMIN_MAX_OPTIONS 12 /* of one command, without the global ones */

enum admin_exit {
	ADMIN_OK = 0,
	ADMIN_FAILED = 1,
	ADMIN_USAGE = 2
};

struct admin;

struct admin_option {
	const char *name; /* NULL ends a list */
	char letter;
	const char *arg; /* NULL: a flag; "[=X]": may be left out */
	const char *text;
	const char *complete; /* "vif", "file" or NULL */
};

struct admin_command {
	const char *name;
	const char *operands; /* as in the synopsis */
	unsigned int min_operands;
	unsigned int max_operands;
	const char *complete; /* of the first operand, as above */
	const char *text;     /* one line */
	const char *more;     /* further lines of its help, or NULL */
	const struct admin_option *options;
	int (*run)(struct admin *a);
};

struct admin {
	const struct admin_command *command;
	const char *socket;
	bool json;
	const char *value[ADMIN_MAX_OPTIONS]; /* by index in options */
	char **operand;
	unsigned int nr_operands;
};

extern const struct admin_command admin_commands[];
extern const unsigned int admin_nr_commands;
extern const struct admin_option admin_global_options[];

/* The whole program; its exit code. */
int admin_run(int argc, char **argv);

/* What was given for --@name: NULL for nothing, "" for a flag. */
const char *admin_value(const struct admin *a, const char *name);

/* "svnic-admin COMMAND: ..." and where help is, on stderr; ADMIN_USAGE. */
__attribute__((format(printf, 2, 3))) int admin_usage(const struct admin *a,
						      const char *fmt, ...);

/* A whole number from @min to @max, or ADMIN_USAGE after a message. */
int admin_number(const struct admin *a, const char *what, const char *text,
		 unsigned long min, unsigned long max, unsigned long *value);

/* The commands, see their files. */
int cmd_device(struct admin *a);
int cmd_list(struct admin *a);
int cmd_show(struct admin *a);
int cmd_stats(struct admin *a);
int cmd_create(struct admin *a);
int cmd_destroy(struct admin *a);
int cmd_set(struct admin *a);
int cmd_capture(struct admin *a);
int cmd_completion(struct admin *a);

#endif /* ADMIN_ADMIN_H */
