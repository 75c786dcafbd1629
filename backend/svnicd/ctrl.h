/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control messages of a guest (abi.md 8), wherever they came from: the ring on
 * xen, a datagram on the local platform.
 */
#ifndef SVNICD_CTRL_H
#define SVNICD_CTRL_H

#include <svnic/abi.h>

struct vif;

/*
 * Carry out @req, which the caller has copied out of the guest's reach.
 * *@rsp is always complete, and holds nothing but the answer.
 */
void ctrl_handle(struct vif *vif, const struct svnic_ctrl_req *req,
		 struct svnic_ctrl_rsp *rsp);

#endif /* SVNICD_CTRL_H */
