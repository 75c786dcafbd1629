/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stands in for the xen platform where the Xen libraries were not there.
 */
#include "../platform.h"

const struct platform_ops *platform_xen(void)
{
	return NULL;
}
