/* SPDX-License-Identifier: GPL-2.0-only */
/* svnic-guest: a VIF as a TAP interface of the namespace that it runs in. */
#ifndef LIBSVNIC_GUEST_H
#define LIBSVNIC_GUEST_H

#include "libsvnic.h"

#define GUEST_ADDRESSES 8

struct guest_options {
	struct svnic_params vif;
	const char *tap;
	const char *address[GUEST_ADDRESSES];
	unsigned int nr_addresses;
};

/* Run until SIGTERM or SIGINT; 0, or the exit code after a message. */
int guest_run(const struct guest_options *options);

#endif /* LIBSVNIC_GUEST_H */
