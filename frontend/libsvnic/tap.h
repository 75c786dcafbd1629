/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A TAP device that takes and gives frames with their offload metadata: the
 * network stack of this namespace on one side, pages of a VIF on the other.
 * All functions return 0 or a count, or -errno.
 */
#ifndef LIBSVNIC_TAP_H
#define LIBSVNIC_TAP_H

#include <stdbool.h>
#include <net/if.h>
#include <sys/uio.h>
#include <svnic/abi.h>

struct tap {
	int fd;
	int control; /* a socket for interface requests */
	char name[IFNAMSIZ];
};

/* @name may end in %d; tap->name tells the one that was given. */
int tap_open(struct tap *tap, const char *name);
void tap_close(struct tap *tap);
/* Nobody has removed the interface. */
bool tap_exists(const struct tap *tap);

/* Takes the interface down if the address differs, and up at the end. */
int tap_configure(struct tap *tap, const uint8_t mac[6], unsigned int mtu);
int tap_carrier(struct tap *tap, bool on);

/* "192.0.2.1/24" or "2001:db8::1/64"; -EINVAL when it is neither. */
int tap_address(struct tap *tap, const char *address);

/*
 * Read one frame into @iov: its length, *@meta ready for svnic_tx_send(), or
 * -EAGAIN.  -EPROTO: a kind of offload that the card does not know.
 */
ssize_t tap_read(struct tap *tap, const struct iovec *iov, int nr,
		 struct svnic_meta *meta);

/* Write one frame with what the card said of it.  A tag is put back. */
int tap_write(struct tap *tap, const struct iovec *iov, int nr,
	      const struct svnic_meta *meta);

#endif /* LIBSVNIC_TAP_H */
