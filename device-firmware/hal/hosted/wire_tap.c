/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A wire on a TAP interface, which is created when it is not there.  The
 * kernel puts a tag into the frame; it is taken out here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "wire.h"

#define TAP_OFFLOADS (TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN)

static int tap_setup(struct wire *w, int fd)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int size = sizeof(struct virtio_net_hdr);

	memcpy(ifr.ifr_name, w->interface, sizeof(ifr.ifr_name));
	if (ioctl(fd, TUNSETIFF, &ifr) < 0 ||
	    ioctl(fd, TUNSETVNETHDRSZ, &size) < 0 ||
	    ioctl(fd, TUNSETOFFLOAD, TAP_OFFLOADS) < 0)
		return -errno;
	memcpy(w->interface, ifr.ifr_name, sizeof(w->interface));
	w->interface[sizeof(w->interface) - 1] = '\0';
	return 0;
}

/* Bring it up; somebody else may have to. */
static void tap_up(struct wire *w)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { 0 };

	if (fd < 0)
		return;
	memcpy(ifr.ifr_name, w->interface, sizeof(ifr.ifr_name));
	if (ioctl(fd, SIOCGIFFLAGS, &ifr) == 0 && !(ifr.ifr_flags & IFF_UP)) {
		ifr.ifr_flags |= IFF_UP;
		if (ioctl(fd, SIOCSIFFLAGS, &ifr) < 0)
			log_warn("wire %u: ip link set %s up", w->port,
				 w->interface);
	}
	close(fd);
}

/* Its descriptor is there already; its name may have been chosen for it. */
static int tap_go_on(struct wire *w)
{
	struct ifreq ifr = { 0 };

	if (ioctl(w->fd, TUNGETIFF, &ifr) < 0)
		return -errno;
	memcpy(w->interface, ifr.ifr_name, sizeof(w->interface));
	w->interface[sizeof(w->interface) - 1] = '\0';
	w->readable = true;
	return 0;
}

static int tap_open(struct wire *w, const char *arg)
{
	int err;

	if (!wire_set_interface(w, arg))
		return -EINVAL;
	if (w->fd >= 0)
		return tap_go_on(w);
	w->fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (w->fd < 0) {
		err = -errno;
		log_err("wire %u: /dev/net/tun: %s; modprobe tun?", w->port,
			strerror(-err));
		return err;
	}
	err = tap_setup(w, w->fd);
	if (err) {
		log_err("wire %u: cannot use %s as a TAP interface: %s; is it one (ip tuntap), is it in use, do we have CAP_NET_ADMIN?",
			w->port, w->interface, strerror(-err));
		close(w->fd);
		return err;
	}
	tap_up(w);
	w->readable = true;
	return 0;
}

static void tap_close(struct wire *w)
{
	close(w->fd);
}

/* 1: a frame, 0: one that was dropped, -1: no more for now. */
static int tap_read(struct wire *w, unsigned int i, struct hal_frame *f)
{
	struct virtio_net_hdr h;
	struct iovec iov[2] = {
		{ .iov_base = &h, .iov_len = sizeof(h) },
		{ .iov_base = wire_buffer(w, i),
		  .iov_len = SVNIC_FRAME_MAX + VLAN_TAG_LEN },
	};
	ssize_t n = readv(w->fd, iov, 2);

	if (n < 0)
		return -1;
	memset(f, 0, sizeof(*f));
	if (n < (ssize_t)(sizeof(h) + SVNIC_FRAME_MIN)) {
		wire_refuse(w, "its length");
		return 0;
	}
	f->data = wire_buffer(w, i);
	f->len = (uint32_t)n - (uint32_t)sizeof(h);
	if (vnet_to_meta(&h, f->len, &f->meta) < 0) {
		wire_refuse(w, "offload that the card does not know");
		return 0;
	}
	vnet_strip_tag(f);
	if (f->len > SVNIC_FRAME_MAX) {
		wire_refuse(w, "its length");
		return 0;
	}
	return 1;
}

static unsigned int tap_rx(struct wire *w, struct hal_frame *frames,
			   unsigned int max)
{
	unsigned int i, nr = 0;

	for (i = 0; i < max; i++) {
		int got = tap_read(w, i, &frames[nr]);

		if (got < 0) {
			w->readable = errno == EINTR;
			break;
		}
		nr += (unsigned int)got;
	}
	return nr;
}

static enum svnic_verdict tap_tx(struct wire *w, const struct hal_iov *iov,
				 unsigned int nr_iov,
				 const struct svnic_meta *meta)
{
	struct iovec out[WIRE_IOV_MAX];
	uint8_t tag[VLAN_TAG_LEN];
	struct virtio_net_hdr h;
	unsigned int n = wire_gather(iov, nr_iov, meta, &h, tag, out);

	if (n == 0)
		return SVNIC_V_WIRE_ERROR;
	if (writev(w->fd, out, (int)n) >= 0)
		return SVNIC_V_WIRE;
	if (errno == EAGAIN || errno == ENOBUFS || errno == EINTR)
		return SVNIC_V_WIRE_FULL;
	log_peer(LOG_LEVEL_WARN, "wire %u: frame not sent: %s", w->port,
		 strerror(errno));
	return SVNIC_V_WIRE_ERROR;
}

const struct wire_ops wire_tap_ops = {
	.kind = "tap",
	.takes = WIRE_TAKES_ALL,
	.open = tap_open,
	.close = tap_close,
	.rx = tap_rx,
	.tx = tap_tx,
};
