/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which limits hold for a VIF, and why: what was said of it, else its class,
 * else the configuration's defaults.  A class is the VIF's own, else that of
 * its guest, else that of its network, else the default one.
 */
#ifndef SVNICD_POLICY_H
#define SVNICD_POLICY_H

#include "limit.h"
#include "platform.h"

struct class;
struct vif;

enum policy_from {
	POLICY_DEFAULTS,
	POLICY_CLASS,
	POLICY_VIF
};

struct policy {
	struct limits limits;		 /* all of them */
	enum policy_from from[LIMIT_NR]; /* who said each */
	const struct class *class;	 /* NULL: none */
	const char *class_from; /* "vif", "guest", "network", "defaults", "" */
	const char *unknown;	/* the VIF's own class if it is none, or NULL */
};

/* What would hold if @own, which outlives @policy, were said of @vif. */
void policy_find(const struct vif *vif, const struct limits_own *own,
		 struct policy *policy);
/* "defaults", "class", "vif" */
const char *policy_from_text(enum policy_from from);

/*
 * Can it be kept?  -EINVAL for a class that is not there or a minimum above the
 * maximum, -ENOSPC where more is guaranteed on the VIF's port, by all networks
 * on it, than that carries; and a sentence with the numbers in @why of PLATFORM_REASON octets.
 */
int policy_check(const struct vif *vif, const struct policy *policy, char *why);

#endif /* SVNICD_POLICY_H */
