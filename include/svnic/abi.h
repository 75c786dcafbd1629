/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * Everything that two parts of svnic share in memory or in registers: the PCI
 * identity and BARs of the card, the admin queue, the event ring, a VIF's page
 * table and queue pair, the control messages between a guest and svnicd, and
 * the XenStore keys.  docs/abi.md explains it in the same order; tests/abi
 * holds the two together.
 *
 * All integers are little-endian and naturally aligned.  Reserved fields are
 * written as zero and refused when they are not.  Tx and rx are always the
 * guest's.  "The host" is the side that owns a link (dom0's svnic_pf, or
 * svnicd on the local platform), "the guest" the side that owns a VIF.
 */
#ifndef SVNIC_ABI_H
#define SVNIC_ABI_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/stddef.h>
#else
#include <stddef.h>
#include <stdint.h>
#if !defined(__linux__) || !__STDC_HOSTED__
typedef uint8_t __u8;
typedef uint16_t __le16;
typedef uint32_t __le32;
typedef uint64_t __le64;
#else
#include <linux/types.h>
#endif
#endif

#define SVNIC_ABI_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
#define SVNIC_ABI_AT(type, member, off) \
	_Static_assert(offsetof(type, member) == (off), #type "." #member)

/* 1. Identity ------------------------------------------------------------ */

#define SVNIC_PCI_VENDOR  0x5356 /* "SV" */
#define SVNIC_PCI_DEVICE  0x4e49 /* "NI" */
#define SVNIC_PCI_CLASS	  0x020000
#define SVNIC_MAGIC	  0x434e5653 /* "SVNC" in memory order */
#define SVNIC_ABI_MAJOR	  1	     /* a different one cannot be talked to */
#define SVNIC_ABI_MINOR	  0	     /* a smaller one lacks features only */
#define SVNIC_ABI_VERSION (SVNIC_ABI_MAJOR << 16 | SVNIC_ABI_MINOR)

/* Feature bits, register FEATURES and the XenStore key. */
#define SVNIC_F_CSUM	(1u << 0) /* blank checksums pass through */
#define SVNIC_F_GSO	(1u << 1) /* frames up to SVNIC_FRAME_MAX */
#define SVNIC_F_VLAN	(1u << 2) /* a tag may travel in the metadata */
#define SVNIC_F_HASH	(1u << 3) /* rx metadata may carry a flow hash */
#define SVNIC_F_MONITOR (1u << 4) /* VIFs that see another VIF's frames */
#define SVNIC_F_FIND	(1u << 5) /* a blank checksum is found by the card */

/* 2. Limits -------------------------------------------------------------- */

#define SVNIC_PAGE_SHIFT   12
#define SVNIC_PAGE_SIZE	   4096u
#define SVNIC_MAX_VIFS	   4096u /* on one card, over all its links */
#define SVNIC_MAX_LINKS	   8u
#define SVNIC_MAX_PORTS	   8u
#define SVNIC_MAX_SEGMENTS 256u	  /* segment n < ports has uplink n */
#define SVNIC_MAX_QUEUES   16u	  /* queue pairs of one VIF */
#define SVNIC_MAX_PAGES	   16384u /* page-table entries of one VIF */
/*
 * What of these the backend keeps for a VIF's slow path.  The card gives a VIF
 * its frames through the guest's queues while one of them runs, else through
 * the backend's.
 */
#define SVNIC_SLOW_QUEUE  8u	 /* queues from here on are the backend's */
#define SVNIC_SLOW_PAGE	  14336u /* page indices from here on likewise */
#define SVNIC_MAX_FILTERS 64u	 /* further addresses of one VIF */
#define SVNIC_MIN_ORDER	  5u	 /* rings of 32 ... */
#define SVNIC_MAX_ORDER	  12u	 /* ... to 4096 entries */
#define SVNIC_MAX_SEGS	  20u	 /* descriptors of one tx frame */
#define SVNIC_FRAME_MIN	  14u
#define SVNIC_FRAME_MAX	  65550u /* 65,535 octets of packet, 14 of header */
#define SVNIC_MTU_MIN	  68u
#define SVNIC_MTU_MAX	  9216u
#define SVNIC_HOLD_MAX	  1000u /* microseconds an event may be held */
#define SVNIC_VLAN_NONE	  0u
#define SVNIC_VLAN_MAX	  4094u
#define SVNIC_VIF_NONE	  0xffffu

/* 3. BAR0: registers, trapped; BAR2: doorbells, mapped -------------------- */

#define SVNIC_BAR_REGS		0
#define SVNIC_BAR_DOORBELL	2
#define SVNIC_BAR_REGS_SIZE	0x10000u
#define SVNIC_BAR_DOORBELL_SIZE (SVNIC_MAX_VIFS * SVNIC_PAGE_SIZE)

/* Read-only registers, 32 bits. */
#define SVNIC_REG_MAGIC	   0x000
#define SVNIC_REG_VERSION  0x004 /* SVNIC_ABI_VERSION of the firmware */
#define SVNIC_REG_FEATURES 0x008
#define SVNIC_REG_STATUS   0x00c /* SVNIC_STATUS_* bits */
#define SVNIC_REG_LINK	   0x010 /* number of this link on the card */
#define SVNIC_REG_PORTS	   0x014 /* number of wire ports */
#define SVNIC_REG_MAX_VIFS 0x018 /* VIFs this link may create */
#define SVNIC_REG_EPOCH	   0x01c /* changes whenever all VIFs were lost */
#define SVNIC_REG_MAC_LO   0x020 /* permanent address, octets 0 to 3 */
#define SVNIC_REG_MAC_HI   0x024 /* octets 4 and 5 */
/* Read-write registers; the 64-bit ones are written as two 32-bit halves. */
#define SVNIC_REG_CONTROL    0x100 /* SVNIC_CONTROL_* */
#define SVNIC_REG_SQ_LO	     0x110 /* bus address of the submission queue */
#define SVNIC_REG_SQ_HI	     0x114
#define SVNIC_REG_CQ_LO	     0x118 /* bus address of the completion queue */
#define SVNIC_REG_CQ_HI	     0x11c
#define SVNIC_REG_SQ_TAIL    0x120 /* commands submitted since enable */
#define SVNIC_REG_MSIX_TABLE 0x8000
#define SVNIC_REG_MSIX_PBA   0xc000

#define SVNIC_STATUS_READY (1u << 0) /* admin queue is being served */
#define SVNIC_STATUS_FAULT (1u << 1) /* admin queue stopped; reset the link */

#define SVNIC_CONTROL_ENABLE (1u << 0) /* take SQ and CQ into use */
#define SVNIC_CONTROL_RESET  (1u << 1) /* destroy all VIFs of this link */

/* MSI-X vectors. */
#define SVNIC_VECTOR_ADMIN 0
#define SVNIC_VECTOR_EVENT 1
#define SVNIC_NR_VECTORS   2

/*
 * A VIF's doorbell page: one line per queue pair.  The card only compares a
 * word with the value that it saw last; the values carry nothing else.
 */
struct svnic_doorbell {
	__le32 kick;  /* changed after tx_prod or rx_prod moved */
	__le32 reset; /* changed to restart a stopped queue, see 7 */
	__u8 reserved[56];
};
SVNIC_ABI_SIZE(struct svnic_doorbell, 64);
SVNIC_ABI_AT(struct svnic_doorbell, kick, 0);
SVNIC_ABI_AT(struct svnic_doorbell, reset, 4);
SVNIC_ABI_AT(struct svnic_doorbell, reserved, 8);

/* 4. Admin queue --------------------------------------------------------- */

#define SVNIC_ADMIN_ENTRIES 64u /* of the submission and completion queue */

#define SVNIC_ADMIN_OPCODES(X)                                            \
	X(1, EVENT_RING, "use an event ring")                             \
	X(2, VIF_CREATE, "create a VIF")                                  \
	X(3, VIF_DESTROY, "destroy a VIF")                                \
	X(4, VIF_SET, "change a VIF's configuration")                     \
	X(5, VIF_QUERY, "read a VIF's state, configuration and counters") \
	X(6, VIF_LIST, "list the VIFs of this link")                      \
	X(7, PAGES_MAP, "load bus addresses into a VIF's page table")     \
	X(8, PAGES_UNMAP, "take bus addresses out of it")                 \
	X(9, QUEUE_START, "start a queue pair")                           \
	X(10, QUEUE_STOP, "stop a queue pair")                            \
	X(11, FILTER_ADD, "add an address to a VIF")                      \
	X(12, FILTER_DEL, "take an address from a VIF")                   \
	X(13, PORT_QUERY, "read a wire port's state and counters")        \
	X(14, RSS_SET, "spread a VIF's frames over its queues")           \
	X(15, SOURCE_SET, "say whose packets a VIF may send")             \
	X(16, GROUPS_SET, "say which groups a VIF gets")

#define SVNIC_ADMIN_STATUSES(X)                                         \
	X(0, OK, "done")                                                \
	X(1, BAD_OPCODE, "no such command")                             \
	X(2, BAD_FIELD, "a field is out of range or reserved")          \
	X(3, BAD_ADDRESS, "a bus address is outside the host's memory") \
	X(4, NO_VIF, "no such VIF on this link")                        \
	X(5, NO_QUEUE, "no such queue, or it is not running")           \
	X(6, BUSY, "already in use")                                    \
	X(7, MAC_IN_USE, "another VIF of the segment has this address") \
	X(8, NO_VIFS, "all VIFs are in use")                            \
	X(9, NO_PAGES, "the card's page tables are full")               \
	X(10, NO_QUEUES, "all queue pairs are in use")                  \
	X(11, NO_FILTERS, "all address filters are in use")             \
	X(12, NOT_MAPPED, "a page in the range is not mapped")          \
	X(13, BAD_MAC, "the address is a group address or zero")

#define SVNIC_AS_OPCODE(nr, name, text) SVNIC_OP_##name = (nr),
#define SVNIC_AS_STATUS(nr, name, text) SVNIC_ST_##name = (nr),
enum svnic_opcode {
	SVNIC_ADMIN_OPCODES(SVNIC_AS_OPCODE) SVNIC_OP_NR
};
enum svnic_status {
	SVNIC_ADMIN_STATUSES(SVNIC_AS_STATUS) SVNIC_ST_NR
};

/* Configuration of a VIF, inline in VIF_CREATE and VIF_SET. */
struct svnic_vif_config {
	__u8 mac[6];
	__le16 mtu;	  /* SVNIC_MTU_MIN to SVNIC_MTU_MAX */
	__le16 segment;	  /* frames stay inside one segment */
	__le16 vlan;	  /* 0, or the access VLAN on the segment */
	__le32 flags;	  /* SVNIC_VIF_* */
	__le64 rate;	  /* tx octets a second; 0: not limited */
	__le32 burst;	  /* octets; at least one full frame when rate is set */
	__le16 monitored; /* the VIF that a MONITOR VIF sees */
	__le16 storm;	  /* group frames it may send a second; 0: any */
	__le32 rx_rate;	  /* 1000 octets a second; 0: not limited */
	__le32 min_rate;  /* 1000 tx octets a second that it gets first */
};
SVNIC_ABI_SIZE(struct svnic_vif_config, 40);
SVNIC_ABI_AT(struct svnic_vif_config, mac, 0);
SVNIC_ABI_AT(struct svnic_vif_config, mtu, 6);
SVNIC_ABI_AT(struct svnic_vif_config, segment, 8);
SVNIC_ABI_AT(struct svnic_vif_config, vlan, 10);
SVNIC_ABI_AT(struct svnic_vif_config, flags, 12);
SVNIC_ABI_AT(struct svnic_vif_config, rate, 16);
SVNIC_ABI_AT(struct svnic_vif_config, burst, 24);
SVNIC_ABI_AT(struct svnic_vif_config, monitored, 28);
SVNIC_ABI_AT(struct svnic_vif_config, storm, 30);
SVNIC_ABI_AT(struct svnic_vif_config, rx_rate, 32);
SVNIC_ABI_AT(struct svnic_vif_config, min_rate, 36);

#define SVNIC_VIF_ANY_SOURCE (1u << 0) /* no source-address check */
#define SVNIC_VIF_UNKNOWN    (1u << 1) /* gets frames for unknown addresses */
#define SVNIC_VIF_TRUNK	     (1u << 2) /* sends and gets tagged frames */
#define SVNIC_VIF_MONITOR    (1u << 3) /* gets copies, sends nothing */
#define SVNIC_VIF_DISABLED   (1u << 4) /* carrier off: nothing in or out */
#define SVNIC_VIF_CLASS	     0x300u    /* 0 to 3: weight 1, 2, 4, 8 */
#define SVNIC_VIF_FLAGS	     0x31fu

/* Inline arguments of QUEUE_START; see 6 for the layout of the area. */
struct svnic_queue_config {
	__le32 base;   /* page index of the control page */
	__u8 tx_order; /* SVNIC_MIN_ORDER to SVNIC_MAX_ORDER */
	__u8 rx_order;
	__le16 reserved0;
	__le32 notify; /* 0: event ring; n: link interrupt n - 1 */
	__le32 reserved1[7];
};
SVNIC_ABI_SIZE(struct svnic_queue_config, 40);
SVNIC_ABI_AT(struct svnic_queue_config, base, 0);
SVNIC_ABI_AT(struct svnic_queue_config, tx_order, 4);
SVNIC_ABI_AT(struct svnic_queue_config, rx_order, 5);
SVNIC_ABI_AT(struct svnic_queue_config, reserved0, 6);
SVNIC_ABI_AT(struct svnic_queue_config, notify, 8);
SVNIC_ABI_AT(struct svnic_queue_config, reserved1, 12);

/* Inline arguments of PAGES_MAP and PAGES_UNMAP. */
struct svnic_pages_range {
	__le32 first; /* page index */
	__le32 count; /* 1 to 512; MAP: payload is __le64[count] */
	__le32 reserved[8];
};
SVNIC_ABI_SIZE(struct svnic_pages_range, 40);
SVNIC_ABI_AT(struct svnic_pages_range, first, 0);
SVNIC_ABI_AT(struct svnic_pages_range, count, 4);
SVNIC_ABI_AT(struct svnic_pages_range, reserved, 8);

#define SVNIC_PAGES_BATCH    512u
#define SVNIC_PAGE_READ_ONLY 1u /* bit 0 of a bus address in PAGES_MAP */

/* Inline arguments of FILTER_ADD and FILTER_DEL. */
struct svnic_filter {
	__u8 mac[6]; /* unicast, in the VIF's segment and VLAN */
	__le16 reserved0;
	__le32 reserved1[8];
};
SVNIC_ABI_SIZE(struct svnic_filter, 40);
SVNIC_ABI_AT(struct svnic_filter, mac, 0);
SVNIC_ABI_AT(struct svnic_filter, reserved0, 6);
SVNIC_ABI_AT(struct svnic_filter, reserved1, 8);

#define SVNIC_RSS_KEY	40u
#define SVNIC_RSS_TABLE 128u

/* Payload of RSS_SET.  Before it: the usual key, running queues in turn. */
struct svnic_rss {
	__u8 key[40];
	__u8 reserved[8];
	__u8 table[128]; /* low bits of the hash: a guest's queue */
};
SVNIC_ABI_SIZE(struct svnic_rss, 176);
SVNIC_ABI_AT(struct svnic_rss, key, 0);
SVNIC_ABI_AT(struct svnic_rss, reserved, 40);
SVNIC_ABI_AT(struct svnic_rss, table, 48);

#define SVNIC_SOURCE_MAX 16u /* addresses or networks of one VIF */
#define SVNIC_GROUPS_MAX 64u /* groups that one VIF asks for */

/* An IPv4 address in the first octets or an IPv6 one, or a network. */
struct svnic_address {
	__u8 addr[16]; /* what is beyond the prefix is zero */
	__u8 prefix;   /* leading bits that count: 32 or 128 for one address */
	__u8 family;   /* 4 or 6 */
	__u8 reserved[6];
};
SVNIC_ABI_SIZE(struct svnic_address, 24);
SVNIC_ABI_AT(struct svnic_address, addr, 0);
SVNIC_ABI_AT(struct svnic_address, prefix, 16);
SVNIC_ABI_AT(struct svnic_address, family, 17);
SVNIC_ABI_AT(struct svnic_address, reserved, 18);

/* Payload of SOURCE_SET.  Before it, and with none: no check. */
struct svnic_source {
	__le16 nr;
	__u8 reserved[6];
	struct svnic_address address[SVNIC_SOURCE_MAX]; /* from nr on: zero */
};
SVNIC_ABI_SIZE(struct svnic_source, 392);
SVNIC_ABI_AT(struct svnic_source, nr, 0);
SVNIC_ABI_AT(struct svnic_source, reserved, 2);
SVNIC_ABI_AT(struct svnic_source, address, 8);

struct svnic_group {
	__u8 mac[6];
	__le16 reserved;
};
SVNIC_ABI_SIZE(struct svnic_group, 8);
SVNIC_ABI_AT(struct svnic_group, mac, 0);
SVNIC_ABI_AT(struct svnic_group, reserved, 6);

/* Payload of GROUPS_SET.  Before it: all. */
struct svnic_groups {
	__le16 nr;
	__u8 all; /* 1: all of them, and nr is 0 */
	__u8 reserved[5];
	struct svnic_group group[SVNIC_GROUPS_MAX]; /* from nr on: zero */
};
SVNIC_ABI_SIZE(struct svnic_groups, 520);
SVNIC_ABI_AT(struct svnic_groups, nr, 0);
SVNIC_ABI_AT(struct svnic_groups, all, 2);
SVNIC_ABI_AT(struct svnic_groups, reserved, 3);
SVNIC_ABI_AT(struct svnic_groups, group, 8);

/*
 * One command.  @addr and @len name the payload in the host's memory: read
 * by EVENT_RING (the ring itself), PAGES_MAP, RSS_SET, SOURCE_SET and
 * GROUPS_SET, written by the queries.
 * EVENT_RING: len = 4096 + 8 * entries, entries a power of two, 64 to 65536.
 * VIF_CREATE: vif is a chosen number or SVNIC_VIF_NONE; result is the number.
 * VIF_LIST: payload is a bitmap of SVNIC_MAX_VIFS / 8 octets, bit = VIF number.
 * PORT_QUERY: queue is the port's number.
 */
struct svnic_admin_cmd {
	__le16 opcode;
	__le16 id; /* echoed */
	__le16 vif;
	__le16 queue;
	__le64 addr;
	__le32 len;
	__le32 reserved;
	union {
		struct svnic_vif_config vif_config;
		struct svnic_queue_config queue_config;
		struct svnic_pages_range pages;
		struct svnic_filter filter;
	} arg;
};
SVNIC_ABI_SIZE(struct svnic_admin_cmd, 64);
SVNIC_ABI_AT(struct svnic_admin_cmd, opcode, 0);
SVNIC_ABI_AT(struct svnic_admin_cmd, id, 2);
SVNIC_ABI_AT(struct svnic_admin_cmd, vif, 4);
SVNIC_ABI_AT(struct svnic_admin_cmd, queue, 6);
SVNIC_ABI_AT(struct svnic_admin_cmd, addr, 8);
SVNIC_ABI_AT(struct svnic_admin_cmd, len, 16);
SVNIC_ABI_AT(struct svnic_admin_cmd, reserved, 20);
SVNIC_ABI_AT(struct svnic_admin_cmd, arg, 24);

/* Entry n (from 0) of the completion queue is valid once seq is n + 1. */
struct svnic_admin_cpl {
	__le16 id;
	__le16 status; /* enum svnic_status */
	__le32 result;
	__le32 reserved;
	__le32 seq;
};
SVNIC_ABI_SIZE(struct svnic_admin_cpl, 16);
SVNIC_ABI_AT(struct svnic_admin_cpl, id, 0);
SVNIC_ABI_AT(struct svnic_admin_cpl, status, 2);
SVNIC_ABI_AT(struct svnic_admin_cpl, result, 4);
SVNIC_ABI_AT(struct svnic_admin_cpl, reserved, 8);
SVNIC_ABI_AT(struct svnic_admin_cpl, seq, 12);

/* 5. Event ring: card to host -------------------------------------------- */

/* First page of the ring's memory; the entries follow at octet 4096. */
struct svnic_event_ring {
	__le32 prod; /* card: entries written */
	__u8 reserved0[60];
	__le32 cons; /* host: entries taken */
	__le32 arm;  /* host: raise SVNIC_VECTOR_EVENT when prod passes */
	__u8 reserved1[56];
};
SVNIC_ABI_SIZE(struct svnic_event_ring, 128);
SVNIC_ABI_AT(struct svnic_event_ring, prod, 0);
SVNIC_ABI_AT(struct svnic_event_ring, reserved0, 4);
SVNIC_ABI_AT(struct svnic_event_ring, cons, 64);
SVNIC_ABI_AT(struct svnic_event_ring, arm, 68);
SVNIC_ABI_AT(struct svnic_event_ring, reserved1, 72);

struct svnic_event {
	__le16 vif;
	__u8 queue;
	__u8 reason; /* SVNIC_EVENT_* */
	__le32 arg;  /* FAULT: enum svnic_verdict */
};
SVNIC_ABI_SIZE(struct svnic_event, 8);
SVNIC_ABI_AT(struct svnic_event, vif, 0);
SVNIC_ABI_AT(struct svnic_event, queue, 2);
SVNIC_ABI_AT(struct svnic_event, reason, 3);
SVNIC_ABI_AT(struct svnic_event, arg, 4);

#define SVNIC_EVENT_QUEUE 1 /* the guest asked to be woken */
#define SVNIC_EVENT_FAULT 2 /* the queue was stopped for its guest's fault */

/* 6. A queue pair, in pages that the guest registered ---------------------- */

/*
 * The area of a queue pair is a run of page indices from queue_config.base:
 * the control page, the tx descriptors, the rx buffers, the rx completions,
 * each rounded up to whole pages.  No entry crosses a page.
 */
struct svnic_queue_ctrl {
	__le32 tx_prod;	 /* guest: descriptors provided */
	__le32 tx_event; /* guest: event when tx_cons passes this */
	__le32 rx_prod;	 /* guest: buffers provided */
	__le32 rx_event; /* guest: event when rx_done passes this */
	__le32 hold;	 /* guest: looks itself; events may wait so long */
	__u8 reserved0[44];
	__le32 tx_cons; /* card: descriptors returned */
	__le32 rx_done; /* card: completions written */
	__le32 state;	/* card: SVNIC_QUEUE_* */
	__le32 fault;	/* card: enum svnic_verdict that stopped it */
	__le32 reset;	/* card: the last doorbell reset carried out */
	__u8 reserved1[44];
};
SVNIC_ABI_SIZE(struct svnic_queue_ctrl, 128);
SVNIC_ABI_AT(struct svnic_queue_ctrl, tx_prod, 0);
SVNIC_ABI_AT(struct svnic_queue_ctrl, tx_event, 4);
SVNIC_ABI_AT(struct svnic_queue_ctrl, rx_prod, 8);
SVNIC_ABI_AT(struct svnic_queue_ctrl, rx_event, 12);
SVNIC_ABI_AT(struct svnic_queue_ctrl, hold, 16);
SVNIC_ABI_AT(struct svnic_queue_ctrl, reserved0, 20);
SVNIC_ABI_AT(struct svnic_queue_ctrl, tx_cons, 64);
SVNIC_ABI_AT(struct svnic_queue_ctrl, rx_done, 68);
SVNIC_ABI_AT(struct svnic_queue_ctrl, state, 72);
SVNIC_ABI_AT(struct svnic_queue_ctrl, fault, 76);
SVNIC_ABI_AT(struct svnic_queue_ctrl, reset, 80);
SVNIC_ABI_AT(struct svnic_queue_ctrl, reserved1, 84);

#define SVNIC_QUEUE_STOPPED 0
#define SVNIC_QUEUE_RUNNING 1
#define SVNIC_QUEUE_FAULTED 2 /* see fault; write the doorbell's reset */

/* A piece of registered memory: offset + len stays inside the page. */
struct svnic_seg {
	__le32 page; /* index into the VIF's page table */
	__le16 offset;
	__le16 len; /* 1 to 4096 */
};
SVNIC_ABI_SIZE(struct svnic_seg, 8);
SVNIC_ABI_AT(struct svnic_seg, page, 0);
SVNIC_ABI_AT(struct svnic_seg, offset, 4);
SVNIC_ABI_AT(struct svnic_seg, len, 6);

/*
 * What is known of a frame beside its octets.  Follows struct virtio_net_hdr
 * (OASIS virtio 1.2, 5.1.6) in meaning: csum_start and csum_offset locate a
 * checksum that holds the pseudo-header sum and is still to be completed.  Of
 * a card with SVNIC_F_FIND both may be 0: it finds that of TCP or UDP in IPv4 or
 * IPv6, whose place the first 128 octets tell, and the receiver gets both.
 */
struct svnic_meta {
	__le16 flags; /* SVNIC_META_* */
	__le16 len;   /* rx: octets in this buffer; tx: zero */
	__le16 csum_start;
	__u8 csum_offset;
	__u8 segs;	 /* first entry of a frame: its number of entries */
	__le16 gso_size; /* payload octets of each segment, not zero */
	__le16 vlan_tci;
	__le32 hash;
};
SVNIC_ABI_SIZE(struct svnic_meta, 16);
SVNIC_ABI_AT(struct svnic_meta, flags, 0);
SVNIC_ABI_AT(struct svnic_meta, len, 2);
SVNIC_ABI_AT(struct svnic_meta, csum_start, 4);
SVNIC_ABI_AT(struct svnic_meta, csum_offset, 6);
SVNIC_ABI_AT(struct svnic_meta, segs, 7);
SVNIC_ABI_AT(struct svnic_meta, gso_size, 8);
SVNIC_ABI_AT(struct svnic_meta, vlan_tci, 10);
SVNIC_ABI_AT(struct svnic_meta, hash, 12);

#define SVNIC_META_CSUM_BLANK (1u << 0) /* csum_start and _offset are valid */
#define SVNIC_META_CSUM_GOOD  (1u << 1) /* checksums were checked, or local */
#define SVNIC_META_GSO_TCPV4  (1u << 2)
#define SVNIC_META_GSO_TCPV6  (1u << 3)
#define SVNIC_META_GSO_ECN    (1u << 4)
#define SVNIC_META_VLAN	      (1u << 5) /* vlan_tci is the outermost tag */
#define SVNIC_META_HASH_L4    (1u << 6) /* hash is valid, over the 4-tuple */
#define SVNIC_META_MONITOR_TX (1u << 7) /* monitor rx: the VIF sent this */
#define SVNIC_META_FLAGS      0xffu

/* One tx descriptor.  Only the first of a frame has metadata. */
struct svnic_tx_desc {
	struct svnic_seg seg;
	struct svnic_meta meta;
	__le64 reserved;
};
SVNIC_ABI_SIZE(struct svnic_tx_desc, 32);
SVNIC_ABI_AT(struct svnic_tx_desc, seg, 0);
SVNIC_ABI_AT(struct svnic_tx_desc, meta, 8);
SVNIC_ABI_AT(struct svnic_tx_desc, reserved, 24);

/*
 * An rx buffer is a struct svnic_seg, a completion a struct svnic_meta.  The
 * card takes buffers strictly in order, so completion n is about buffer n.  A
 * frame takes as many buffers as it needs; all its completions become visible
 * at once; in all but the first, only len is set.
 */

/* What became of a frame; also the index of its counter. */
#define SVNIC_VERDICTS(X)                                                  \
	X(0, DELIVERED, "delivered to an interface")                       \
	X(1, WIRE, "sent to the wire")                                     \
	X(2, NO_DESTINATION, "no interface and no uplink for the address") \
	X(3, SPOOFED_MAC, "source address is not the sender's")            \
	X(4, SPOOFED_VLAN, "VLAN tag from an interface that is no trunk")  \
	X(5, LINK_LOCAL, "pause or other link-local frame from a guest")   \
	X(6, RUNT, "frame shorter than an Ethernet header")                \
	X(7, OVERSIZE, "frame longer than the mtu")                        \
	X(8, BAD_OFFLOAD, "offload fields contradict the frame")           \
	X(9, BAD_PAGE, "descriptor names an unregistered page")            \
	X(10, BAD_LENGTH, "descriptor is empty or runs over its page")     \
	X(11, BAD_CHAIN, "descriptor chain is too long or has no end")     \
	X(12, BAD_INDEX, "ring index is impossible")                       \
	X(13, BAD_RING, "a page of the queue itself is not registered")    \
	X(14, READ_ONLY, "receive buffer is a read-only page")             \
	X(15, NO_BUFFER, "receiver has provided no buffer")                \
	X(16, NOT_RUNNING, "receiver's queue is not running")              \
	X(17, DISABLED, "interface is disabled")                           \
	X(18, WIRE_FULL, "wire takes no more frames")                      \
	X(19, WIRE_ERROR, "wire refused the frame")                        \
	X(20, MONITOR_LOST, "monitor was too slow for a copy")             \
	X(21, DUPLICATED, "copies made of a group frame")                  \
	X(22, STORM, "more group frames than the sender may send")         \
	X(23, RX_RATE, "the receiver's rate is used up")                   \
	X(24, SPOOFED_IP,                                                  \
	  "packet claims an IP address that is not the sender's")          \
	X(25, NO_SEGMENTS, "headers that no segments can be made of")

#define SVNIC_AS_VERDICT(nr, name, text) SVNIC_V_##name = (nr),
enum svnic_verdict {
	SVNIC_VERDICTS(SVNIC_AS_VERDICT) SVNIC_V_NR
};

#define SVNIC_VERDICT_SLOTS 32u

/*
 * Counters of a VIF.  tx_verdict counts what became of the frames that it
 * sent, rx_verdict of those that were for it.
 */
struct svnic_vif_stats {
	__le64 tx_frames;
	__le64 tx_octets;
	__le64 rx_frames;
	__le64 rx_octets;
	__le64 events;	     /* raised for this VIF */
	__le64 faults;	     /* times a queue was stopped */
	__le64 tx_throttled; /* times the rate held it back */
	__le64 tx_waited;    /* times a full receiver held it back */
	__le64 tx_verdict[SVNIC_VERDICT_SLOTS];
	__le64 rx_verdict[SVNIC_VERDICT_SLOTS];
};
SVNIC_ABI_SIZE(struct svnic_vif_stats, 576);
SVNIC_ABI_AT(struct svnic_vif_stats, tx_frames, 0);
SVNIC_ABI_AT(struct svnic_vif_stats, tx_octets, 8);
SVNIC_ABI_AT(struct svnic_vif_stats, rx_frames, 16);
SVNIC_ABI_AT(struct svnic_vif_stats, rx_octets, 24);
SVNIC_ABI_AT(struct svnic_vif_stats, events, 32);
SVNIC_ABI_AT(struct svnic_vif_stats, faults, 40);
SVNIC_ABI_AT(struct svnic_vif_stats, tx_throttled, 48);
SVNIC_ABI_AT(struct svnic_vif_stats, tx_waited, 56);
SVNIC_ABI_AT(struct svnic_vif_stats, tx_verdict, 64);
SVNIC_ABI_AT(struct svnic_vif_stats, rx_verdict, 320);

/* State of one queue pair inside struct svnic_vif_info. */
struct svnic_queue_info {
	__u8 state; /* SVNIC_QUEUE_* */
	__u8 fault; /* enum svnic_verdict */
	__u8 tx_order;
	__u8 rx_order;
	__le32 tx_pending; /* descriptors not yet returned */
	__le32 rx_buffers; /* buffers not yet used */
	__le32 reserved;
};
SVNIC_ABI_SIZE(struct svnic_queue_info, 16);
SVNIC_ABI_AT(struct svnic_queue_info, state, 0);
SVNIC_ABI_AT(struct svnic_queue_info, fault, 1);
SVNIC_ABI_AT(struct svnic_queue_info, tx_order, 2);
SVNIC_ABI_AT(struct svnic_queue_info, rx_order, 3);
SVNIC_ABI_AT(struct svnic_queue_info, tx_pending, 4);
SVNIC_ABI_AT(struct svnic_queue_info, rx_buffers, 8);
SVNIC_ABI_AT(struct svnic_queue_info, reserved, 12);

/* Payload of VIF_QUERY. */
struct svnic_vif_info {
	struct svnic_vif_config config;
	__le32 nr_pages; /* entries of the page table in use */
	__le32 reserved;
	struct svnic_queue_info queue[SVNIC_MAX_QUEUES];
	struct svnic_vif_stats stats;
};
SVNIC_ABI_SIZE(struct svnic_vif_info, 880);
SVNIC_ABI_AT(struct svnic_vif_info, config, 0);
SVNIC_ABI_AT(struct svnic_vif_info, nr_pages, 40);
SVNIC_ABI_AT(struct svnic_vif_info, reserved, 44);
SVNIC_ABI_AT(struct svnic_vif_info, queue, 48);
SVNIC_ABI_AT(struct svnic_vif_info, stats, 304);

/* Payload of PORT_QUERY.  Rx is from the wire. */
struct svnic_port_info {
	__le32 up;
	__le32 mtu;
	__le64 tx_frames;
	__le64 tx_octets;
	__le64 rx_frames;
	__le64 rx_octets;
	__le64 rx_verdict[SVNIC_VERDICT_SLOTS];
	char name[32]; /* as the card knows the port, NUL-terminated */
};
SVNIC_ABI_SIZE(struct svnic_port_info, 328);
SVNIC_ABI_AT(struct svnic_port_info, up, 0);
SVNIC_ABI_AT(struct svnic_port_info, mtu, 4);
SVNIC_ABI_AT(struct svnic_port_info, tx_frames, 8);
SVNIC_ABI_AT(struct svnic_port_info, tx_octets, 16);
SVNIC_ABI_AT(struct svnic_port_info, rx_frames, 24);
SVNIC_ABI_AT(struct svnic_port_info, rx_octets, 32);
SVNIC_ABI_AT(struct svnic_port_info, rx_verdict, 40);
SVNIC_ABI_AT(struct svnic_port_info, name, 296);

/*
 * 7. Restarting a stopped queue.  The guest zeroes tx_prod, tx_event, rx_prod
 * and rx_event, then changes the doorbell's reset word.  The card zeroes its
 * cursors, tx_cons, rx_done and fault, sets state to RUNNING and copies the
 * word to ctrl.reset, which the guest waits for.  A queue that is RUNNING is
 * restarted in the same way; frames in it are lost.
 */

/* 8. Control messages: guest to svnicd ------------------------------------ */

/*
 * They travel on the control ring of netif (xen/io/netif.h: struct
 * xen_netif_ctrl_request and _response, XenStore keys ctrl-ring-ref and
 * event-channel-ctrl) and, on the local platform, as one datagram each on the
 * tenant's socket.  Types below 0x5300 are netif's own.
 */
struct svnic_ctrl_req {
	__le16 id;
	__le16 type;
	__le32 data[3];
};
SVNIC_ABI_SIZE(struct svnic_ctrl_req, 16);
SVNIC_ABI_AT(struct svnic_ctrl_req, id, 0);
SVNIC_ABI_AT(struct svnic_ctrl_req, type, 2);
SVNIC_ABI_AT(struct svnic_ctrl_req, data, 4);

struct svnic_ctrl_rsp {
	__le16 id;
	__le16 type;
	__le32 status; /* SVNIC_CTRL_OK ... */
	__le32 data;
};
SVNIC_ABI_SIZE(struct svnic_ctrl_rsp, 12);
SVNIC_ABI_AT(struct svnic_ctrl_rsp, id, 0);
SVNIC_ABI_AT(struct svnic_ctrl_rsp, type, 2);
SVNIC_ABI_AT(struct svnic_ctrl_rsp, status, 4);
SVNIC_ABI_AT(struct svnic_ctrl_rsp, data, 8);

/* Say which version of this file the guest follows.  data[0]: version. */
#define SVNIC_CTRL_HELLO 0x5300
/*
 * Register pages.  data[0]: first page index, data[1]: gref of a page of
 * struct svnic_gref_entry, data[2]: number of entries, 1 to 512.  All or
 * nothing; on failure the response's data is the first entry that was wrong.
 */
#define SVNIC_CTRL_ADD_PAGES 0x5301
/* Withdraw data[2] pages from index data[0]; response data: how many. */
#define SVNIC_CTRL_DEL_PAGES 0x5302
/*
 * Start a queue pair.  data[0]: queue | tx_order << 8 | rx_order << 16,
 * data[1]: page index of the area, data[2]: the guest's event channel port.
 */
#define SVNIC_CTRL_QUEUE_START 0x5303
/* Stop queue pair data[0]. */
#define SVNIC_CTRL_QUEUE_STOP 0x5304
/*
 * Local platform only, first message; carries a memfd of data[0] pages, of
 * which page n gets page index n.  The response carries struct
 * svnic_tenant_info and two descriptors: the doorbell page's file, an eventfd.
 */
#define SVNIC_CTRL_ATTACH 0x5305

/*
 * Spread received frames over the queues.  data[0]: gref of a page that begins
 * with a struct svnic_rss, which names running queues of the guest only.
 */
#define SVNIC_CTRL_RSS_SET 0x5306

/*
 * Say which groups the VIF gets, by either path.  data[0]: gref of a page that
 * begins with a struct svnic_groups, of group addresses only.
 */
#define SVNIC_CTRL_GROUPS_SET 0x5307

/* Status; the values of XEN_NETIF_CTRL_STATUS_*. */
#define SVNIC_CTRL_OK		 0
#define SVNIC_CTRL_NOT_SUPPORTED 1
#define SVNIC_CTRL_BAD_PARAMETER 2
#define SVNIC_CTRL_OVERFLOW	 3

/* Entry of a list page; the layout of netif's staging grants. */
struct svnic_gref_entry {
	__le32 gref;
	__le16 flags;  /* bit 0: read-only */
	__le16 status; /* zero */
};
SVNIC_ABI_SIZE(struct svnic_gref_entry, 8);
SVNIC_ABI_AT(struct svnic_gref_entry, gref, 0);
SVNIC_ABI_AT(struct svnic_gref_entry, flags, 4);
SVNIC_ABI_AT(struct svnic_gref_entry, status, 6);

#define SVNIC_GREF_READ_ONLY 1u

/* Follows struct svnic_ctrl_rsp in the response to ATTACH. */
struct svnic_tenant_info {
	__le32 version;
	__le32 features;
	__le64 doorbell; /* octet offset of the page in the file */
	__le16 vif;
	__le16 mtu;
	__u8 mac[6];
	__le16 reserved0;
	__le32 reserved1;
};
SVNIC_ABI_SIZE(struct svnic_tenant_info, 32);
SVNIC_ABI_AT(struct svnic_tenant_info, version, 0);
SVNIC_ABI_AT(struct svnic_tenant_info, features, 4);
SVNIC_ABI_AT(struct svnic_tenant_info, doorbell, 8);
SVNIC_ABI_AT(struct svnic_tenant_info, vif, 16);
SVNIC_ABI_AT(struct svnic_tenant_info, mtu, 18);
SVNIC_ABI_AT(struct svnic_tenant_info, mac, 20);
SVNIC_ABI_AT(struct svnic_tenant_info, reserved0, 26);
SVNIC_ABI_AT(struct svnic_tenant_info, reserved1, 28);

/* 9. XenStore keys --------------------------------------------------------- */

/* Backend directory, written by svnicd before InitWait. */
#define SVNIC_KEY_VERSION    "svnic-version"  /* decimal SVNIC_ABI_VERSION */
#define SVNIC_KEY_FEATURES   "svnic-features" /* decimal SVNIC_F_* */
#define SVNIC_KEY_DOORBELL   "svnic-doorbell" /* decimal frame number */
#define SVNIC_KEY_MAX_PAGES  "svnic-max-pages"
#define SVNIC_KEY_MAX_QUEUES "svnic-max-queues"
#define SVNIC_KEY_EPOCH	     "svnic-epoch" /* another VIF, another value */
/* Backend directory, written by a svnicd that does not know the pages which the
 * guest registered (netif's staging grants) with an earlier one. */
#define SVNIC_KEY_STAGING "svnic-staging" /* another value: again, please */
/* Backend directory, written when the guest is turned away or stopped. */
#define SVNIC_KEY_REASON "svnic-reason"
/* Frontend directory, written by svnic_front before Connected. */
#define SVNIC_KEY_CTRL_RING  "ctrl-ring-ref"
#define SVNIC_KEY_CTRL_EVENT "event-channel-ctrl"
#define SVNIC_KEY_DIRECT     "svnic-version" /* the guest's version */

#endif /* SVNIC_ABI_H */
