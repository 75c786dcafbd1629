/* SPDX-License-Identifier: GPL-2.0-only */
/* svnic-fw: the card's firmware, and the Linux process around it. */
#include <stdlib.h>
#include <sys/stat.h>

#include "card.h"

int main(int argc, char **argv)
{
	static struct options options;
	static struct card card;
	enum options_result r = options_parse(&options, argc, argv);
	int err;

	if (r != OPTIONS_OK)
		return r == OPTIONS_EXIT ? EXIT_SUCCESS : 2;
	log_set_level(options.level);
	umask(0077);
	if (card_init(&card, &options) < 0)
		return EXIT_FAILURE;
	err = card_listen(&card);
	if (!err)
		loop_run(&card);
	card_fini(&card);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
