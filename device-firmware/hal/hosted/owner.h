/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process that clients know: it holds their connections and all that must
 * outlive the core, which runs in a process of its own.
 */
#ifndef HOSTED_OWNER_H
#define HOSTED_OWNER_H

#include "options.h"

/*
 * Run the card, as an owner and its core, until SIGTERM or SIGINT: 0, or
 * -errno after a message.
 */
int owner_run(const struct options *o, char **argv);

#endif /* HOSTED_OWNER_H */
