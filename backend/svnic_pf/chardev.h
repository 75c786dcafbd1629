/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/svnicN: chardev.c is the file, ioctl.c what is asked by it. */
#ifndef SVNIC_PF_CHARDEV_H
#define SVNIC_PF_CHARDEV_H

#include <linux/types.h>

struct pf_card;

/* @writer: the file may change things. */
long svnic_pf_ioctl(struct pf_card *card, bool writer, unsigned int cmd,
		    void __user *user);

int svnic_pf_chardev_create(struct pf_card *card);
/* No file operation touches the device any more when this returns. */
void svnic_pf_chardev_destroy(struct pf_card *card);

#endif /* SVNIC_PF_CHARDEV_H */
