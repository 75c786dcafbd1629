/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A wire port of the card and its kinds: packet (AF_PACKET on an existing
 * interface), tap, and pcap (replay and record).  A kind is a table of
 * functions; the rest of the HAL knows no kind.
 */
#ifndef HOSTED_WIRE_H
#define HOSTED_WIRE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "../hal.h"
#include "vnet.h"

#define WIRE_BATCH   32u
#define WIRE_ARG_MAX 512u
/* A frame, and room before it; an odd number of lines apart. */
#define WIRE_HEADROOM 64u
#define WIRE_STRIDE   (66u * 1024 + 64)
#define WIRE_IOV_MAX  64u

struct wire;

struct wire_ops {
	const char *kind;
	unsigned int takes; /* as hal_wire_takes(), unless it is plain */
	/* With @w->fd if there is one.  0, or -errno after a message. */
	int (*open)(struct wire *w, const char *arg);
	void (*close)(struct wire *w);
	/* As hal_wire_rx() and hal_wire_tx(). */
	unsigned int (*rx)(struct wire *w, struct hal_frame *frames,
			   unsigned int max);
	enum svnic_verdict (*tx)(struct wire *w, const struct hal_iov *iov,
				 unsigned int nr_iov,
				 const struct svnic_meta *meta);
	/* Send what tx has kept back; may be NULL. */
	void (*flush)(struct wire *w);
	/* The card has nothing to do now; may be NULL. */
	void (*idle)(struct wire *w);
	/* Start over; may be NULL. */
	void (*rewind)(struct wire *w);
};

struct wire_config {
	const struct wire_ops *ops;
	bool is_plain; /* it takes frames only as a cable would */
	char arg[WIRE_ARG_MAX];
};

struct wire {
	const struct wire_ops *ops;
	unsigned int port;
	unsigned int takes; /* as hal_wire_takes() */
	int fd;		    /* to wait for; -1: none */
	bool readable;	    /* rx may find something */
	bool goes_on;	    /* where an earlier core left off */
	char name[32];
	char interface[IFNAMSIZ]; /* "" when there is none */
	uint8_t *buffers;	  /* WIRE_BATCH * WIRE_STRIDE */
	uint64_t refused;	  /* frames that could not be taken in */
	void *state;		  /* the kind's own */
};

extern const struct wire_ops wire_packet_ops;
extern const struct wire_ops wire_tap_ops;
extern const struct wire_ops wire_pcap_ops;

/* Of a kind whose kernel side does all that a frame may ask for. */
#define WIRE_TAKES_ALL                                                         \
	(SVNIC_META_CSUM_BLANK | SVNIC_META_GSO_TCPV4 | SVNIC_META_GSO_TCPV6 | \
	 SVNIC_META_VLAN)

/* "packet:eth0", "tap:tap0,plain" and so on; false: it is none of these. */
bool wire_parse(const char *text, struct wire_config *config);

/* What an owner keeps of a wire for one core after the other. */
struct wire_legacy {
	int fd; /* becomes the wire's; -1: the kind has none */
	bool is_first;
};

/* @legacy: NULL outside a core's process.  0, or -errno after a message. */
int wire_open(struct wire *w, unsigned int port,
	      const struct wire_config *config,
	      const struct wire_legacy *legacy);
void wire_close(struct wire *w);

void wire_info(struct wire *w, struct svnic_port_info *info);

/* Send what tx has kept back. */
static inline void wire_flush(struct wire *w)
{
	if (w->ops->flush)
		w->ops->flush(w);
}

/* For the kinds ----------------------------------------------------------- */

/* Where frame number @i of a batch goes. */
static inline uint8_t *wire_buffer(const struct wire *w, unsigned int i)
{
	return w->buffers + i * WIRE_STRIDE + WIRE_HEADROOM;
}

/* Set the name of the interface; false when it is too long or empty. */
bool wire_set_interface(struct wire *w, const char *name);

/* A frame was refused: count it, and say so once in a while. */
void wire_refuse(struct wire *w, const char *why);

/*
 * The frame as an iovec with its header and its tag in front: the number of
 * pieces, 0 when it cannot be sent.  @tag must stay until it was sent.
 */
unsigned int wire_gather(const struct hal_iov *iov, unsigned int nr_iov,
			 const struct svnic_meta *meta,
			 struct virtio_net_hdr *h, uint8_t tag[VLAN_TAG_LEN],
			 struct iovec *out);

#endif /* HOSTED_WIRE_H */
