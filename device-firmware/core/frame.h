/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A frame on its way through the card.  Its header is copied once; every
 * decision is made on that copy, and the copy is what is delivered.  A tag is
 * always in the metadata, never in the octets.
 */
#ifndef CORE_FRAME_H
#define CORE_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>
#include "hal.h"

struct queue;
struct vif;

#define FRAME_HEADER 128u /* octets that are copied for decisions */
#define FRAME_TAG    4u
#define FRAME_CHARGE 64u /* octets that a piece costs beside its own */

#define FRAME_OPEN INT32_MIN /* nothing was decided of it yet */

enum frame_patience {
	FRAME_DROP,    /* a full receiver or wire drops it at once */
	FRAME_WAIT,    /* ... makes its sender wait */
	FRAME_EXPIRED, /* it has waited; the receiver is to blame */
};

struct frame {
	uint32_t len; /* octets, without the tag */
	uint32_t end; /* the sender's cursor after it */
	uint16_t segment;
	uint16_t vlan;	 /* SVNIC_VLAN_NONE or its VLAN on the segment */
	uint16_t domain; /* of those two, or DEMUX_NONE */
	uint16_t sender; /* VIF index, or LIST_NONE: from the wire */
	uint16_t tci;	 /* priority bits of the tag it came with */
	uint8_t queue;	 /* chooses the receiver's queue */
	uint8_t patience;
	uint8_t nr_iov; /* pieces, from @first on; the first is the header */
	uint8_t first;
	struct svnic_meta meta;
	uint8_t is_plain; /* may take the fast lane */
	uint8_t tagged;	  /* it came with a tag, or is sent with one */
	uint16_t dest;	  /* VIF index, or DEMUX_NONE */
	/* FRAME_OPEN; then a verdict, -EAGAIN or -EINPROGRESS. */
	int32_t v;
	uint8_t is_many;  /* for all that want it: dest is DEMUX_NONE */
	uint8_t is_wired; /* ... and the uplink has had its turn ... */
	uint8_t wire;	  /* ... with this verdict */
	uint8_t is_good;  /* guard_check() passed it */
	uint32_t got;	  /* VIFs that got it, of many */
	/* Of lane.c: */
	uint32_t copies;    /* receivers that it was offered to, one by one */
	uint64_t head[2];   /* its first 16 octets */
	uint64_t out[2];    /* the metadata as its receiver gets it */
	struct vif *to;	    /* the receiver, its queue, and of that: */
	struct queue *q;    /* ... */
	uint8_t *room;	    /* the buffer */
	void *completion;   /* where the completion goes */
	const void *buffer; /* the ring entry of the buffer */
	/* Of segment.c, for a wire that takes only segments: */
	uint32_t sent;	/* how many it has */
	uint32_t extra; /* octets that they cost beside the frame's own */
	struct hal_iov iov[SVNIC_MAX_SEGS + 1];
	uint8_t hdr[FRAME_HEADER];
} __attribute__((aligned(64)));

static inline const struct hal_iov *frame_iov(const struct frame *f)
{
	return &f->iov[f->first];
}

/* The Ethernet header and what follows, as far as it was copied. */
static inline const uint8_t *frame_l2(const struct frame *f)
{
	return (const uint8_t *)f->iov[f->first].data;
}

/*
 * Copy the header out of iov[1] to iov[@nr_segs] and put the copy in front of
 * what remains.  len is set; the frame has at least 14 octets.
 */
void frame_header(struct frame *f, unsigned int nr_segs);
/*
 * Take the outermost tag out of the octets into the metadata, unless there is
 * one already.  False when the offload fields point into the tag.
 */
bool frame_untag(struct frame *f);
/* Is a (further) tag the first thing in the octets? */
bool frame_is_tagged(const struct frame *f);
/* 802.1D reserved destination or 802.3 pause, behind any tags. */
bool frame_is_link_local(const struct frame *f);
/*
 * Do the offload fields agree with the frame?  Clears fields that no flag
 * makes valid.
 */
bool frame_check_offload(struct frame *f);
/* Longer, or with longer segments, than @mtu allows?  Its offload is good. */
bool frame_is_oversize(const struct frame *f, unsigned int mtu);

#endif /* CORE_FRAME_H */
