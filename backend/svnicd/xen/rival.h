/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux's own backend of `vif` devices.  Where it is loaded it takes each of
 * them, those of svnicd too, and both write into one directory of XenStore.
 */
#ifndef SVNICD_XEN_RIVAL_H
#define SVNICD_XEN_RIVAL_H

struct platform;

/* Is it loaded now?  Warns each time that it has come. */
void rival_look(struct platform *p);

#endif /* SVNICD_XEN_RIVAL_H */
