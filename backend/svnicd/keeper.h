/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two processes of svnicd and one that keeps them (--standby): one serves, the
 * other is ready to and waits for the end of the first.  The keeper is the
 * process that was started; it serves nobody, so nothing that a guest or a
 * card does can end it.
 */
#ifndef SVNICD_KEEPER_H
#define SVNICD_KEEPER_H

#include <stdbool.h>

/* What the kept processes do, each in a process of its own. */
struct keeper_role {
	/* All that can be done while another one serves: 0, or -errno. */
	int (*prepare)(void *arg);
	/* From now on it serves, @late if another one did; an exit code. */
	int (*serve)(void *arg, bool late);
	void *arg;
	/* prepare() takes less, or hangs; serving is not limited. */
	int ready_ms;
};

/*
 * Keep processes of @role until SIGTERM or SIGINT; an exit code.  SIGHUP is
 * handed on, and who stands by is replaced if another one can be prepared.
 * SIGUSR2 is an upgrade: the program that lies at the path by then is executed
 * with @argv in place of the keeper, and takes over once it is ready; but only
 * if it ends well with @argv and KEEPER_TRIAL.  If the keeper is killed, all
 * are.
 */
#define KEEPER_TRIAL "--trial"
int keeper_run(const struct keeper_role *role, char **argv);
/*
 * For KEEPER_TRIAL: whatever keeper_run() does until a process stands by, and
 * that ends; an exit code.
 */
int keeper_try(const struct keeper_role *role);

#endif /* SVNICD_KEEPER_H */
