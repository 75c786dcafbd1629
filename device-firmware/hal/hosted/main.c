/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svnic-fw: the card's firmware, and the Linux processes around it.  What a
 * person starts is the owner, which starts this program again as its core.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "agent.h"
#include "card.h"
#include "owner.h"
#include "supervise.h"

static struct card card;

/* The core of an owner, which hands over to it in a file. */
static int run_core(const struct options *o)
{
	struct handover *h = handover_read(o->core_fd);
	int err;

	prctl(PR_SET_NAME, "svnic-fw-core");
	if (!h)
		return -1;
	err = card_init(&card, o, h);
	free(h);
	if (err)
		return err;
	err = agent_ready(&card, card.taken_over);
	if (!err)
		loop_run(&card);
	card_fini(&card);
	return err;
}

static int run_alone(const struct options *o)
{
	int err = card_init(&card, o, NULL);

	if (err)
		return err;
	err = links_listen(&card.links, card.epoll_fd);
	if (!err)
		loop_run(&card);
	card_fini(&card);
	return err;
}

int main(int argc, char **argv)
{
	static struct options options;
	enum options_result r = options_parse(&options, argc, argv);
	int err;

	if (r != OPTIONS_OK)
		return r == OPTIONS_EXIT ? EXIT_SUCCESS : 2;
	log_set_level(options.level);
	umask(0077);
	if (options.core_fd >= 0)
		err = run_core(&options);
	else if (options.alone)
		err = run_alone(&options);
	else
		err = owner_run(&options, argv);
	if (options.core_fd >= 0 && (err == -EAGAIN || err == -ENOMEM))
		return SUPERVISE_REFUSED;
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
