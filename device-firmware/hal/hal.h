/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the firmware core needs of a card, and nothing else.  An implementation
 * is chosen at link time: hal/hosted (a Linux process), hal/sim (unit tests).
 * All functions are called from a context that runs core_poll() or one of the
 * other core_*() calls; with several workers from several at once, but those of
 * the wires from worker 0 only.  None of them blocks or allocates.
 */
#ifndef SVNIC_HAL_H
#define SVNIC_HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <svnic/abi.h>

/* A piece of a frame in memory that the core can read. */
struct hal_iov {
	const void *data;
	size_t len;
};

/* A frame from the wire, whole and contiguous. */
struct hal_frame {
	const uint8_t *data;
	uint32_t len;
	struct svnic_meta meta; /* a tag that the wire stripped is in here */
};

/*
 * The memory of @link's host at bus address @addr, as a pointer that is valid
 * until hal_dma_epoch() changes, or NULL when not all of @len octets lie in
 * memory that may be accessed so (@write: stored to).  The caller never
 * crosses a 4 KiB page, except for the event ring and the admin queues.
 * Coherent; ordering is that of include/svnic/order.h.
 */
void *hal_dma(unsigned int link, uint64_t addr, size_t len, bool write);

/*
 * All the memory around @addr that hal_dma() would find for loads and stores
 * by the same sum, in whole pages: the octet at bus address a is host[a -
 * addr].  False, and nothing is set, when there is none.  Valid as above.
 */
struct hal_window {
	uint64_t addr;
	uint64_t size;
	uint8_t *host;
};
bool hal_dma_window(unsigned int link, uint64_t addr, struct hal_window *w);

/* Another number whenever memory of any link came, went or moved. */
uint32_t hal_dma_epoch(void);

/*
 * The doorbell page of a VIF: SVNIC_MAX_QUEUES doorbells, readable for ever.
 * An observe of a doorbell sees all that the guest stored before ringing.
 */
const struct svnic_doorbell *hal_doorbell(unsigned int link, unsigned int vif);

/* Zero the whole page, for the next guest that gets it. */
void hal_doorbell_clear(unsigned int link, unsigned int vif);

/* Raise MSI-X @vector of a link.  All earlier stores are visible by then. */
void hal_irq(unsigned int link, unsigned int vector);

/* Raise interrupt @n of a link that serves guests itself (local platform). */
void hal_notify(unsigned int link, uint32_t n);

/*
 * Take up to @max frames from the wire.  Their memory belongs to the core
 * until hal_wire_rx_done(), which must come before the next call for @port.
 * What hal_wire_tx() took before leaves now at the latest, as far as the wire
 * has room; so it is called in each round, and one round after the last frame,
 * but not while frames are lent, which other workers soon give back.
 */
unsigned int hal_wire_rx(unsigned int port, struct hal_frame *frames,
			 unsigned int max);
void hal_wire_rx_done(unsigned int port);

/*
 * What the port's own machinery does for a frame: of SVNIC_META_CSUM_BLANK,
 * _GSO_TCPV4, _GSO_TCPV6 and _VLAN those that hal_wire_tx() may be given.  A
 * port that cuts segments completes checksums, too.  Never changes while a
 * process runs.
 */
unsigned int hal_wire_takes(unsigned int port);

/*
 * Send one frame, whose first piece holds at least the Ethernet header.
 * SVNIC_V_WIRE: taken, and in order; a port may send several together.
 * _WIRE_FULL: nothing was taken, again later; _WIRE_ERROR: refused for good.
 * Of frames taken together the wire may refuse one after all; those that come
 * later get a verdict of their own until one goes.  The memory is the caller's
 * again on return.
 */
enum svnic_verdict hal_wire_tx(unsigned int port, const struct hal_iov *iov,
			       unsigned int nr_iov,
			       const struct svnic_meta *meta);

/* up, mtu and name of a port; the counters are the core's. */
void hal_wire_info(unsigned int port, struct svnic_port_info *info);

/* End the sleep of worker @n, if it sleeps; it may also wake for nothing. */
void hal_wake(unsigned int worker);

/* Monotonic time. */
uint64_t hal_clock_ns(void);

/*
 * Monotonic time of the calling worker, without that in which it was kept from
 * its processor.  Where nobody can do that it is hal_clock_ns().
 */
uint64_t hal_busy_ns(void);

/* An invariant of the core itself is broken; never for a peer's doing. */
_Noreturn void hal_panic(const char *what);

#endif /* SVNIC_HAL_H */
