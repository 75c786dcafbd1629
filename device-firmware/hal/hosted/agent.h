/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The core's end of the channel: does what the owner says, and answers.
 */
#ifndef HOSTED_AGENT_H
#define HOSTED_AGENT_H

#include "channel.h"

struct card;
struct device;

/* Do what @msg says, which becomes the answer.  Takes @fd. */
void agent_do(struct device *dev, struct channel_msg *msg, int fd);

/* Serve what waits in the card's channel: 0, or -errno when it is over. */
int agent_serve(struct card *c);

/* Tell the owner that the core runs: 0 or -errno. */
int agent_ready(struct card *c, bool taken_over);

#endif /* HOSTED_AGENT_H */
