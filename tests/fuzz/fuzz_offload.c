// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a frame leaves to others: checksums and segments, in the forms that meet
 * at a wire and where svnicd completes a sum itself.  The input: a struct
 * virtio_net_hdr, metadata, how the frame is cut into pieces, its octets.
 * Whatever one side accepts means the same on the other, nothing outside the
 * frame is touched, and a completed checksum is right.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <svnic/order.h>
#include "../../backend/svnicd/checksum.h"
#include "../../device-firmware/hal/hosted/vnet.h"
#include "fuzz.h"

#define MAX_PIECES 8u

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void take(const uint8_t **data, size_t *size, void *to, size_t n)
{
	size_t have = n < *size ? n : *size;

	memset(to, 0, n);
	if (have)
		memcpy(to, *data, have);
	*data += have;
	*size -= have;
}

/* In pieces with an end of their own each, so that a sanitizer sees it. */
static unsigned int cut(const uint8_t *frame, size_t len, uint8_t how,
			struct hal_iov *iov)
{
	size_t piece = how ? how : len;
	unsigned int nr = 0;
	size_t at;
	size_t n;

	for (at = 0; at < len; at += n) {
		n = nr + 1 < MAX_PIECES && len - at > piece ? piece : len - at;
		iov[nr].data = memcpy(malloc(n), frame + at, n);
		iov[nr++].len = n;
	}
	return nr;
}

static void check_from_meta(const struct svnic_meta *meta, const uint8_t *frame,
			    size_t len, uint8_t how)
{
	struct hal_iov iov[MAX_PIECES] = { 0 };
	struct virtio_net_hdr h;
	struct svnic_meta back = { 0 };
	unsigned int nr = cut(frame, len, how, iov);
	bool tagged = svnic_cpu16(meta->flags) & SVNIC_META_VLAN;
	unsigned int i;

	if (vnet_from_meta(meta, iov, nr, len, &h) == 0) {
		must(vnet_to_meta(&h, len + (tagged ? VLAN_TAG_LEN : 0),
				  &back) == 0,
		     "a header that was made is taken");
		must(!((back.flags ^ meta->flags) &
		       svnic_le16(SVNIC_META_CSUM_BLANK | SVNIC_META_GSO_TCPV4 |
				  SVNIC_META_GSO_TCPV6)),
		     "the same offloads");
		if (svnic_cpu16(back.flags) & SVNIC_META_CSUM_BLANK)
			must(svnic_cpu16(back.csum_start) ==
				     svnic_cpu16(meta->csum_start) +
					     (tagged ? VLAN_TAG_LEN : 0),
			     "the same checksum");
	}
	for (i = 0; i < nr; i++)
		free((void *)(uintptr_t)iov[i].data);
}

static void check_strip(const struct svnic_meta *meta, const uint8_t *frame,
			size_t len)
{
	uint8_t *copy = memcpy(malloc(len), frame, len);
	struct hal_frame f = { .data = copy,
			       .len = (uint32_t)len,
			       .meta = *meta };
	uint8_t tag[VLAN_TAG_LEN];

	vnet_strip_tag(&f);
	if (f.len != len) {
		vnet_put_tag(&f.meta, tag);
		must(f.len + VLAN_TAG_LEN == len && f.data == copy + 4 &&
			     memcmp(f.data, frame, 12) == 0 &&
			     memcmp(tag, frame + 12, 4) == 0 &&
			     memcmp(f.data + 12, frame + 16, len - 16) == 0,
		     "the frame without its tag, and the tag");
	} else {
		must(memcmp(copy, frame, len) == 0, "the frame as it was");
	}
	free(copy);
}

/* The sum as RFC 1071 has it, octet by octet. */
static uint16_t sum(const uint8_t *p, size_t len)
{
	uint64_t s = 0;
	size_t i;

	for (i = 0; i < len; i++)
		s += i & 1 ? p[i] : (uint64_t)p[i] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (uint16_t)s;
}

static void check_checksum(const uint8_t *frame, size_t len, size_t start,
			   size_t offset)
{
	uint8_t *copy = memcpy(malloc(len), frame, len);
	uint16_t before = start < len ? sum(frame + start, len - start) : 0;
	size_t at = start + offset;
	uint16_t is;

	checksum_complete(copy, len, start, offset);
	if (at + 2 > len) {
		must(memcmp(copy, frame, len) == 0, "nothing is done");
	} else {
		must(memcmp(copy, frame, at) == 0 &&
			     memcmp(copy + at + 2, frame + at + 2,
				    len - at - 2) == 0,
		     "only the checksum changes");
		is = (uint16_t)(copy[at] << 8 | copy[at + 1]);
		/* Zero says that there is none, so its other form is used. */
		if (offset % 2 == 0)
			must(before == 0xffff ? is == 0xffff
					      : is + before == 0xffff,
			     "it is right");
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct svnic_meta meta, from_wire = { 0 };
	struct virtio_net_hdr h;
	uint8_t how;

	take(&data, &size, &h, sizeof(h));
	take(&data, &size, &meta, sizeof(meta));
	take(&data, &size, &how, 1);
	if (size < SVNIC_FRAME_MIN)
		return 0;
	if (vnet_to_meta(&h, size, &from_wire) == 0) {
		check_from_meta(&from_wire, data, size, how);
		check_strip(&from_wire, data, size);
	}
	check_from_meta(&meta, data, size, how);
	check_strip(&meta, data, size);
	check_checksum(data, size, svnic_cpu16(meta.csum_start),
		       meta.csum_offset);
	return 0;
}
