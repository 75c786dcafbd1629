/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Offload metadata in the two forms that meet at a wire: svnic's struct
 * svnic_meta and the kernel's struct virtio_net_hdr.  Pure functions.
 */
#ifndef HOSTED_VNET_H
#define HOSTED_VNET_H

#include <stddef.h>
#include <stdint.h>
#include <linux/virtio_net.h>
#include <svnic/abi.h>

#include "../hal.h"

#define VLAN_TAG_LEN 4u

/*
 * Fill @meta from the header of a frame of @len octets.  A tag in @meta, if
 * any, is left alone.  -EINVAL when the header contradicts itself or the
 * frame, -EOPNOTSUPP for an offload that svnic has no word for.
 */
int vnet_to_meta(const struct virtio_net_hdr *h, size_t len,
		 struct svnic_meta *meta);

/*
 * The header for a frame of @len octets in @iov (tag not included) that is
 * sent with its tag in band, when it has one.  -EINVAL as above.
 */
int vnet_from_meta(const struct svnic_meta *meta, const struct hal_iov *iov,
		   unsigned int nr_iov, size_t len, struct virtio_net_hdr *h);

/*
 * Take an 802.1Q tag out of a contiguous frame into its metadata.  The frame
 * then begins VLAN_TAG_LEN octets later.
 */
void vnet_strip_tag(struct hal_frame *frame);

/* The tag of @meta as it stands in a frame. */
void vnet_put_tag(const struct svnic_meta *meta, uint8_t tag[VLAN_TAG_LEN]);

#endif /* HOSTED_VNET_H */
