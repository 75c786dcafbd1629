/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One VIF of the local platform, from user space: a queue pair whose rings and
 * buffers lie in a memfd that svnicd registers with the card.
 *
 * Every ring entry has a page of its own, so buffers are never allocated: a
 * frame to send is written into the pages that come next, a received one is
 * read where the card put it, and both come back in ring order.
 *
 *	svnic_open(&params, &v);
 *	for (;;) {
 *		n = svnic_tx_frame(v, iov, SVNIC_FRAME_PIECES);
 *		... fill up to n pieces ...
 *		svnic_tx_send(v, len, &meta);
 *		n = svnic_rx_frame(v, iov, SVNIC_FRAME_PIECES, &meta);
 *		... read n pieces ...
 *		svnic_rx_release(v);
 *		svnic_kick(v);
 *		svnic_wait(v, 1000);
 *	}
 *
 * Context: one thread at a time per VIF.  Functions return 0 or a count, or
 * -errno; -EPROTO means that the card broke the ABI, see svnic_restart().
 */
#ifndef LIBSVNIC_H
#define LIBSVNIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>
#include <svnic/abi.h>

struct svnic;

/* Pieces that the longest frame takes: pages of 4096 octets. */
#define SVNIC_FRAME_PIECES 17

struct svnic_params {
	const char *name;	/* of the VIF, as given to svnic-admin create */
	const char *socket_dir; /* NULL: SVNIC_TENANT_DIR */
	unsigned int tx_order;	/* 0: 8, that is 256 descriptors */
	unsigned int rx_order;	/* 0: 9, that is 512 buffers */
};

/*
 * Attach to a VIF and start its queue pair.  -ENOENT and -ECONNREFUSED: no
 * such VIF, or no svnicd, at present; -ECONNRESET: another process has it, or
 * there is no card; -EPERM: svnicd or the card refused; -EPROTO: another ABI.
 */
int svnic_open(const struct svnic_params *params, struct svnic **svnic);

/* Stop the queue and give everything back.  NULL is allowed. */
void svnic_close(struct svnic *v);

/* Number, address, mtu and features of the VIF; valid until svnic_close(). */
const struct svnic_tenant_info *svnic_info(const struct svnic *v);

/*
 * For a poll loop of the caller: readable when the card has raised an event
 * (clear it with svnic_event_clear()), and the connection to svnicd, which
 * hangs up when the VIF is lost.
 */
int svnic_event_fd(const struct svnic *v);
int svnic_control_fd(const struct svnic *v);
void svnic_event_clear(struct svnic *v);

/*
 * The memory that the next frame is to be written to, at most @max pieces; 0
 * when the ring is full.
 */
int svnic_tx_frame(struct svnic *v, struct iovec *iov, int max);

/*
 * Send the first @len octets of those pieces.  @meta: flags and the offload
 * fields; len and segs are filled in.  -EMSGSIZE when @len does not fit.
 */
int svnic_tx_send(struct svnic *v, size_t len, const struct svnic_meta *meta);

/* Descriptors that may still be provided, after taking back sent ones. */
int svnic_tx_room(struct svnic *v);

/*
 * The oldest received frame: number of pieces and *@meta, 0 when there is
 * none.  The pieces are the caller's until svnic_rx_release(), and the card
 * might still write to them: look at each octet once.
 */
int svnic_rx_frame(struct svnic *v, struct iovec *iov, int max,
		   struct svnic_meta *meta);

/* The frames received so far are done with; their memory is offered again. */
void svnic_rx_release(struct svnic *v);

/* Let the card see what was sent and released.  Once a batch. */
void svnic_kick(struct svnic *v);

/*
 * Ask for an event when a frame is received or, with no room for another
 * frame to send, half of what was sent has come back.  true: that is so
 * already, do not sleep.
 */
bool svnic_event_arm(struct svnic *v);
void svnic_event_disarm(struct svnic *v);

/*
 * Arm and sleep until there is something to do: 1, 0 after @timeout_ms (-1:
 * never), -ENOTCONN when svnicd has gone.
 */
int svnic_wait(struct svnic *v, int timeout_ms);

/* 0, or the enum svnic_verdict for which the card stopped the queue. */
unsigned int svnic_fault(const struct svnic *v);

/*
 * Restart the queue as abi.h 7 says; frames in it are lost.  -ETIMEDOUT when
 * the card does not answer within a second.
 */
int svnic_restart(struct svnic *v);

#endif /* LIBSVNIC_H */
