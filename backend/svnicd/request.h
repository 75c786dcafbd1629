/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the words of a vif= line to the card's configuration of a VIF.  All
 * sentences about bad input are made here; they name key, value and remedy.
 */
#ifndef SVNICD_REQUEST_H
#define SVNICD_REQUEST_H

#include "config.h"
#include "platform.h"

/* All but its limits; -EINVAL and a sentence in @why of PLATFORM_REASON octets. */
int request_parse(const struct config *config,
		  const struct platform_request *request,
		  struct svnic_vif_config *out, char *why);
/* One key; NULL means the configuration's default. */
int request_mtu(const struct config *config, const char *mtu,
		struct svnic_vif_config *out, char *why);

#endif /* SVNICD_REQUEST_H */
