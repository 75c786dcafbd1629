/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * /dev/svnicN: what svnic_pf offers to svnicd.  One process may have it open
 * for writing at a time; closing it leaves every VIF as it is, so that a
 * restarted daemon finds them again with SVNIC_PF_VIF_INFO.
 *
 * read() returns whole struct svnic_event: FAULT of any VIF, QUEUE of queues
 * that were started for the daemon itself, and SVNIC_PF_EVENT_PORT; poll() says
 * when there are some.
 *
 * mmap() at SVNIC_PF_MMAP_DOORBELL + vif * 4096 maps the doorbell page of a
 * VIF, at SVNIC_PF_MMAP_PAGES(vif, first) pages that SVNIC_PF_PAGES_ALLOC gave.
 * Both may still be written to when the card is gone.
 *
 * Errors are negative errno; where the card refused a command, errno is EIO
 * and the structure's status holds the enum svnic_status.
 */
#ifndef SVNIC_PF_H
#define SVNIC_PF_H

#include <svnic/abi.h>
#include <linux/ioctl.h>
#include <linux/types.h>

#define SVNIC_PF_MMAP_DOORBELL 0ull
#define SVNIC_PF_MMAP_PAGES(vif, first) \
	(1ull << 40 | (__u64)(vif) << 28 | (__u64)(first) << 12)

#define SVNIC_PF_DOMID_SELF 0x7ff0 /* as Xen's DOMID_SELF */

/* Changes with this file: both sides must be of one kind. */
#define SVNIC_PF_INTERFACE 2

struct svnic_pf_info {
	__u32 version; /* SVNIC_ABI_VERSION of the card */
	__u32 features;
	__u32 status; /* SVNIC_STATUS_*; 0 when the card is gone */
	__u32 link;
	__u32 ports;
	__u32 max_vifs;
	__u32 epoch;
	__u32 own_vif;	 /* VIF of dom0's netdev, or SVNIC_VIF_NONE */
	__u64 doorbell;	 /* machine frame number of doorbell page 0 */
	char pci[16];	 /* "0000:00:04.0" */
	char netdev[16]; /* name of dom0's netdev, or "" */
	__u32 interface; /* SVNIC_PF_INTERFACE */
	__u32 reserved;
};
SVNIC_ABI_SIZE(struct svnic_pf_info, 80);

/* One admin command; not those that name grants, pages or queues. */
struct svnic_pf_admin {
	struct svnic_admin_cmd cmd; /* addr and len are filled by svnic_pf */
	__u64 payload;		    /* user address */
	__u32 payload_len;	    /* at most 4096 */
	__u32 status;		    /* out: enum svnic_status */
	__u32 result;		    /* out */
	__u32 reserved;
};
SVNIC_ABI_SIZE(struct svnic_pf_admin, 88);

/* Create a VIF for an owner; the cookie comes back from VIF_INFO. */
struct svnic_pf_create {
	struct svnic_vif_config config;
	__u64 cookie; /* the daemon's, e.g. domid << 32 | devid */
	__u32 vif;    /* in: number or SVNIC_VIF_NONE; out: number */
	__u32 status; /* out: enum svnic_status */
};
SVNIC_ABI_SIZE(struct svnic_pf_create, 56);

struct svnic_pf_vif {
	__u32 vif;
	__u32 domid; /* whose grants are mapped, or SVNIC_PF_DOMID_SELF */
	__u64 cookie;
	__u32 nr_pages; /* mapped at present */
	__u32 queues;	/* bitmap of the started ones */
};
SVNIC_ABI_SIZE(struct svnic_pf_vif, 24);

/*
 * Map @count grants of @domid and load them into the page table from @first.
 * All or nothing; on failure @failed is the first entry that was wrong.
 */
struct svnic_pf_grants {
	__u32 vif;
	__u32 domid;
	__u32 first;
	__u32 count;   /* 1 to SVNIC_PAGES_BATCH */
	__u64 entries; /* user address of struct svnic_gref_entry[] */
	__u32 failed;  /* out */
	__u32 status;  /* out: enum svnic_status */
};
SVNIC_ABI_SIZE(struct svnic_pf_grants, 32);

/* A range of page-table entries: unmap grants, allocate or free own pages. */
struct svnic_pf_range {
	__u32 vif;
	__u32 first;
	__u32 count;
	__u32 done; /* out: entries that were taken out */
};
SVNIC_ABI_SIZE(struct svnic_pf_range, 16);

struct svnic_pf_queue {
	__u32 vif;
	__u32 queue;
	__u32 domid; /* SVNIC_PF_DOMID_SELF: events come from read() */
	__u32 port;  /* the guest's unbound event channel */
	struct svnic_queue_config config;
	__u32 status; /* out: enum svnic_status */
	__u32 reserved;
};
SVNIC_ABI_SIZE(struct svnic_pf_queue, 64);

/*
 * One piece of a grant copy: @len octets between octet @at of page @page of
 * VIF @vif, which SVNIC_PF_PAGES_ALLOC gave, and octet @offset of the page that
 * @domid granted as @gref.  It leaves neither page.
 */
struct svnic_pf_piece {
	__u32 gref;
	__u32 page;
	__u16 vif;
	__u16 domid;
	__u16 offset;
	__u16 at;
	__u16 len;    /* not 0 */
	__u16 flags;  /* SVNIC_PF_TO_GUEST */
	__s32 status; /* out, only when some failed: 0, or Xen's GNTST_* */
};
SVNIC_ABI_SIZE(struct svnic_pf_piece, 24);

#define SVNIC_PF_TO_GUEST    0x1
#define SVNIC_PF_TURN_PIECES 1024
#define SVNIC_PF_TURN_PORTS  18
#define SVNIC_PF_TURN_SLOTS  128
#define SVNIC_PF_TURN_POSTS  32
#define SVNIC_PF_TURN_WAIT   100 /* ms */

/* A response: eight octets. */
struct svnic_pf_slot {
	__u64 at; /* user address, a multiple of 4 */
	__u64 value;
};
SVNIC_ABI_SIZE(struct svnic_pf_slot, 16);

/*
 * The index of a ring moves on.  Of one that is shared with a guest the guest is
 * rung when it wants to be (xen/io/ring.h); of one of the card nobody is, and a
 * post for its doorbell follows.
 */
struct svnic_pf_post {
	__u64 word;  /* user address of the index, such as rsp_prod */
	__u64 event; /* ... of the one at which to ring, rsp_event; or 0 */
	__u32 old;   /* what the guest sees so far */
	__u32 value;
	__u32 port; /* as SVNIC_PF_PORT_BIND gave it */
	__u32 reserved;
};
SVNIC_ABI_SIZE(struct svnic_pf_post, 32);

/*
 * What the netif path asks of the hypervisor, in one call: ring the first
 * nr_ports event channels, unmask the nr_unmask after them, copy; if all pieces
 * were copied, store the slots, then the posts in their order, each visible to
 * who sees the next one, and ring who wants it; then wait for what read() would
 * report, which is taken as there.  A piece that was not copied ends the call:
 * nothing is stored, nobody waits.  With an error no piece was copied; -EFAULT
 * may also be a bad address of a slot or post.  Nothing to report within
 * wait_ms, or a signal, is no error.
 */
struct svnic_pf_turn {
	__u64 pieces;	 /* user address of struct svnic_pf_piece[] */
	__u64 events;	 /* ... of struct svnic_event[] */
	__u64 slots;	 /* ... of struct svnic_pf_slot[] */
	__u64 posts;	 /* ... of struct svnic_pf_post[] */
	__u32 nr_pieces; /* 0 to SVNIC_PF_TURN_PIECES */
	__u32 failed;	 /* out: pieces whose status is not 0 */
	__u32 nr_slots;	 /* 0 to SVNIC_PF_TURN_SLOTS; with posts only */
	__u32 nr_posts;	 /* 0 to SVNIC_PF_TURN_POSTS */
	__u32 rung;	 /* out: bit n: the guest of post n */
	__u32 nr_events; /* room for them, 0: no wait; out: those taken */
	__u32 wait_ms;	 /* at most SVNIC_PF_TURN_WAIT */
	__u32 nr_ports;	 /* together at most SVNIC_PF_TURN_PORTS */
	__u32 nr_unmask;
	__u32 port[SVNIC_PF_TURN_PORTS]; /* as SVNIC_PF_PORT_BIND gave them */
	__u32 reserved;
};
SVNIC_ABI_SIZE(struct svnic_pf_turn, 144);

/*
 * A guest's event channel, bound for this file until it is closed.  When it
 * rings, read() returns an event with the reason SVNIC_PF_EVENT_PORT and the
 * port as its arg, and the channel stays masked until SVNIC_PF_TURN.
 */
struct svnic_pf_port {
	__u32 domid;
	__u32 remote; /* its port there */
	__u32 port;   /* out: ours */
	__u32 reserved;
};
SVNIC_ABI_SIZE(struct svnic_pf_port, 16);

#define SVNIC_PF_EVENT_PORT 0x80

#define SVNIC_PF_INFO	    _IOR('V', 0x00, struct svnic_pf_info)
#define SVNIC_PF_ADMIN	    _IOWR('V', 0x01, struct svnic_pf_admin)
#define SVNIC_PF_VIF_CREATE _IOWR('V', 0x02, struct svnic_pf_create)
/* Stops all queues, unmaps all grants, frees all pages, destroys the VIF. */
#define SVNIC_PF_VIF_DESTROY _IOW('V', 0x03, __u32)
#define SVNIC_PF_VIF_INFO    _IOWR('V', 0x04, struct svnic_pf_vif)
#define SVNIC_PF_GRANTS_MAP  _IOWR('V', 0x05, struct svnic_pf_grants)
#define SVNIC_PF_PAGES_DEL   _IOWR('V', 0x06, struct svnic_pf_range)
#define SVNIC_PF_PAGES_ALLOC _IOWR('V', 0x07, struct svnic_pf_range)
#define SVNIC_PF_QUEUE_START _IOWR('V', 0x08, struct svnic_pf_queue)
#define SVNIC_PF_QUEUE_STOP  _IOWR('V', 0x09, struct svnic_pf_queue)
#define SVNIC_PF_PORT_BIND   _IOWR('V', 0x0b, struct svnic_pf_port)
#define SVNIC_PF_PORT_UNBIND _IOW('V', 0x0c, __u32)
/* 0x0a was a turn that knew no posts for the card. */
#define SVNIC_PF_TURN _IOWR('V', 0x0d, struct svnic_pf_turn)

#endif /* SVNIC_PF_H */
