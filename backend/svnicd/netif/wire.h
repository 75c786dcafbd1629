/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netif as it stands in shared pages (xen/io/netif.h and ring.h), in our own
 * words, so that the data path builds without Xen's headers; a unit test
 * compares the two.  Tx and rx are the guest's.
 */
#ifndef SVNICD_NETIF_WIRE_H
#define SVNICD_NETIF_WIRE_H

#include <stdint.h>

#define NETIF_PAGE	 4096u
#define NETIF_RING	 256u /* entries of a tx or an rx ring */
#define NETIF_SLOTS	 18u  /* of a frame, at least to be accepted */
#define NETIF_SLOTS_MAX	 20u  /* more is an attack */
#define NETIF_RING_START 64u  /* octets before the first entry */

struct wire_ring {
	uint32_t req_prod;
	uint32_t req_event;
	uint32_t rsp_prod;
	uint32_t rsp_event;
};

struct wire_tx_req {
	uint32_t gref;
	uint16_t offset;
	uint16_t flags; /* WIRE_TX_* */
	uint16_t id;
	uint16_t size; /* first slot: of the frame */
};

struct wire_tx_rsp {
	uint16_t id;
	int16_t status; /* WIRE_RSP_* */
};

struct wire_rx_req {
	uint16_t id;
	uint16_t pad;
	uint32_t gref;
};

struct wire_rx_rsp {
	uint16_t id;
	uint16_t offset;
	uint16_t flags; /* WIRE_RX_* */
	int16_t status; /* octets, or WIRE_RSP_ERROR */
};

/* Lies over a tx request or an rx response. */
struct wire_extra {
	uint8_t type;  /* WIRE_EXTRA_* */
	uint8_t flags; /* WIRE_EXTRA_MORE */
	union {
		struct {
			uint16_t size;
			uint8_t type; /* WIRE_GSO_* */
			uint8_t pad;
			uint16_t features;
		} gso;
		uint8_t group[6];
		struct {
			uint8_t type;
			uint8_t algorithm;
			uint8_t value[4];
		} hash;
		struct {
			uint16_t headroom;
			uint16_t pad[2];
		} xdp;
	} u;
};

#define WIRE_TX_CSUM_BLANK 0x1u
#define WIRE_TX_CSUM_GOOD  0x2u
#define WIRE_TX_MORE	   0x4u
#define WIRE_TX_EXTRA	   0x8u

#define WIRE_RX_CSUM_GOOD  0x1u
#define WIRE_RX_CSUM_BLANK 0x2u
#define WIRE_RX_MORE	   0x4u
#define WIRE_RX_EXTRA	   0x8u

#define WIRE_RSP_DROPPED (-2)
#define WIRE_RSP_ERROR	 (-1)
#define WIRE_RSP_OKAY	 0
#define WIRE_RSP_NULL	 1

enum wire_extra_type {
	WIRE_EXTRA_NONE,
	WIRE_EXTRA_GSO,
	WIRE_EXTRA_MCAST_ADD,
	WIRE_EXTRA_MCAST_DEL,
	WIRE_EXTRA_HASH,
	WIRE_EXTRA_XDP, /* rx only, and only in Linux's copy */
	WIRE_EXTRA_NR
};
#define WIRE_EXTRA_MORE 0x1u

#define WIRE_GSO_TCPV4 1u
#define WIRE_GSO_TCPV6 2u

/* Control messages: types, what a hash may cover, algorithms. */
enum wire_ctrl_type {
	WIRE_CTRL_NONE,
	WIRE_CTRL_GET_HASH_FLAGS,
	WIRE_CTRL_SET_HASH_FLAGS,
	WIRE_CTRL_SET_HASH_KEY,
	WIRE_CTRL_GET_MAPPING_SIZE,
	WIRE_CTRL_SET_MAPPING_SIZE,
	WIRE_CTRL_SET_MAPPING,
	WIRE_CTRL_SET_ALGORITHM,
	WIRE_CTRL_GET_GREFS,
	WIRE_CTRL_ADD_GREFS,
	WIRE_CTRL_DEL_GREFS,
	WIRE_CTRL_NR
};
#define WIRE_HASH_IPV4	   0x1u
#define WIRE_HASH_IPV4_TCP 0x2u
#define WIRE_HASH_IPV6	   0x4u
#define WIRE_HASH_IPV6_TCP 0x8u
#define WIRE_HASH_ALL	   0xfu
#define WIRE_HASH_NONE	   0u
#define WIRE_HASH_TOEPLITZ 1u

_Static_assert(sizeof(struct wire_tx_req) == 12, "as in xen/io/netif.h");
_Static_assert(sizeof(struct wire_tx_rsp) == 4, "as in xen/io/netif.h");
_Static_assert(sizeof(struct wire_rx_req) == 8, "as in xen/io/netif.h");
_Static_assert(sizeof(struct wire_rx_rsp) == 8, "as in xen/io/netif.h");
_Static_assert(sizeof(struct wire_extra) == 8, "as in xen/io/netif.h");

#endif /* SVNICD_NETIF_WIRE_H */
