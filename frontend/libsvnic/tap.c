// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's TAP driver with virtio-net headers: how offload metadata of
 * the card (abi.h 6) and of Linux translate into each other.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if_arp.h>
#include <svnic/order.h>
#include "libsvnic.h"
#include "tap.h"

#define TAP_OFFLOADS (TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN)
#define MAC_OCTETS   12 /* destination and source, before a tag */

/* struct in6_ifreq of linux/ipv6.h, which cannot be mixed with libc's. */
struct address6_request {
	struct in6_addr address;
	uint32_t prefix;
	int index;
};

static struct ifreq request_for(const struct tap *tap)
{
	struct ifreq req = { 0 };

	memcpy(req.ifr_name, tap->name, sizeof(req.ifr_name));
	return req;
}

static int tap_setup(struct tap *tap, const char *name)
{
	struct ifreq req = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int size = sizeof(struct virtio_net_hdr);

	if (strlen(name) >= sizeof(req.ifr_name))
		return -ENAMETOOLONG;
	strcpy(req.ifr_name, name);
	if (ioctl(tap->fd, TUNSETIFF, &req) ||
	    ioctl(tap->fd, TUNSETVNETHDRSZ, &size) ||
	    ioctl(tap->fd, TUNSETOFFLOAD, (unsigned long)TAP_OFFLOADS))
		return -errno;
	memcpy(tap->name, req.ifr_name, sizeof(tap->name));
	return 0;
}

int tap_open(struct tap *tap, const char *name)
{
	int rc;

	tap->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tap->fd < 0)
		return -errno;
	tap->control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	rc = tap->control < 0 ? -errno : tap_setup(tap, name);
	if (rc)
		tap_close(tap);
	return rc;
}

void tap_close(struct tap *tap)
{
	close(tap->fd);
	if (tap->control >= 0)
		close(tap->control);
}

bool tap_exists(const struct tap *tap)
{
	struct ifreq req;

	return ioctl(tap->fd, TUNGETIFF, &req) == 0;
}

static int tap_up(struct tap *tap)
{
	struct ifreq req = request_for(tap);

	if (ioctl(tap->control, SIOCGIFFLAGS, &req))
		return -errno;
	req.ifr_flags = (short)(req.ifr_flags | IFF_UP);
	return ioctl(tap->control, SIOCSIFFLAGS, &req) ? -errno : 0;
}

static int tap_set_mac(struct tap *tap, const uint8_t mac[6])
{
	struct ifreq req = request_for(tap);
	struct ifreq down = req;

	if (ioctl(tap->control, SIOCGIFHWADDR, &req))
		return -errno;
	if (memcmp(req.ifr_hwaddr.sa_data, mac, 6) == 0)
		return 0;
	req.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(req.ifr_hwaddr.sa_data, mac, 6);
	if (ioctl(tap->control, SIOCGIFFLAGS, &down))
		return -errno;
	down.ifr_flags = (short)(down.ifr_flags & ~IFF_UP);
	if (ioctl(tap->control, SIOCSIFFLAGS, &down) ||
	    ioctl(tap->control, SIOCSIFHWADDR, &req))
		return -errno;
	return 0;
}

int tap_configure(struct tap *tap, const uint8_t mac[6], unsigned int mtu)
{
	struct ifreq req = request_for(tap);
	int rc;

	rc = tap_set_mac(tap, mac);
	if (rc)
		return rc;
	req.ifr_mtu = (int)mtu;
	if (ioctl(tap->control, SIOCSIFMTU, &req))
		return -errno;
	return tap_up(tap);
}

int tap_carrier(struct tap *tap, bool on)
{
	int value = on;

	return ioctl(tap->fd, TUNSETCARRIER, &value) ? -errno : 0;
}

static int address4(struct tap *tap, struct in_addr address, unsigned int bits)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct ifreq req = request_for(tap);

	sin.sin_addr = address;
	memcpy(&req.ifr_addr, &sin, sizeof(sin));
	if (ioctl(tap->control, SIOCSIFADDR, &req))
		return -errno;
	sin.sin_addr.s_addr = bits ? htonl(0xffffffffu << (32 - bits)) : 0;
	memcpy(&req.ifr_netmask, &sin, sizeof(sin));
	return ioctl(tap->control, SIOCSIFNETMASK, &req) ? -errno : 0;
}

static int address6(struct tap *tap, struct in6_addr address, unsigned int bits)
{
	struct address6_request req = { .address = address, .prefix = bits };
	int fd, rc;

	req.index = (int)if_nametoindex(tap->name);
	fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	rc = ioctl(fd, SIOCSIFADDR, &req) ? -errno : 0;
	close(fd);
	return rc;
}

int tap_address(struct tap *tap, const char *address)
{
	char text[INET6_ADDRSTRLEN + 4];
	struct in6_addr in6;
	struct in_addr in4;
	unsigned long bits;
	char *slash, *end;

	if (strlen(address) >= sizeof(text))
		return -EINVAL;
	strcpy(text, address);
	slash = strchr(text, '/');
	if (!slash || slash[1] < '0' || slash[1] > '9')
		return -EINVAL;
	*slash++ = '\0';
	bits = strtoul(slash, &end, 10);
	if (*end)
		return -EINVAL;
	if (bits <= 32 && inet_pton(AF_INET, text, &in4) == 1)
		return address4(tap, in4, (unsigned int)bits);
	if (bits <= 128 && inet_pton(AF_INET6, text, &in6) == 1)
		return address6(tap, in6, (unsigned int)bits);
	return -EINVAL;
}

static int meta_from_virtio(const struct virtio_net_hdr *hdr,
			    struct svnic_meta *meta)
{
	unsigned int flags = 0;

	memset(meta, 0, sizeof(*meta));
	if (hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		flags |= SVNIC_META_CSUM_BLANK;
		meta->csum_start = svnic_le16(hdr->csum_start);
		meta->csum_offset = (uint8_t)hdr->csum_offset;
	} else if (hdr->flags & VIRTIO_NET_HDR_F_DATA_VALID) {
		flags |= SVNIC_META_CSUM_GOOD;
	}
	switch (hdr->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
	case VIRTIO_NET_HDR_GSO_NONE:
		break;
	case VIRTIO_NET_HDR_GSO_TCPV4:
		flags |= SVNIC_META_GSO_TCPV4;
		break;
	case VIRTIO_NET_HDR_GSO_TCPV6:
		flags |= SVNIC_META_GSO_TCPV6;
		break;
	default:
		return -EPROTO;
	}
	if (hdr->gso_type & VIRTIO_NET_HDR_GSO_ECN)
		flags |= SVNIC_META_GSO_ECN;
	if (flags & (SVNIC_META_GSO_TCPV4 | SVNIC_META_GSO_TCPV6))
		meta->gso_size = svnic_le16(hdr->gso_size);
	meta->flags = svnic_le16((uint16_t)flags);
	return 0;
}

static void virtio_from_meta(const struct svnic_meta *meta,
			     unsigned int inserted, struct virtio_net_hdr *hdr)
{
	unsigned int flags = svnic_cpu16(meta->flags);

	memset(hdr, 0, sizeof(*hdr));
	if (flags & SVNIC_META_CSUM_BLANK) {
		hdr->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		hdr->csum_start =
			(uint16_t)(svnic_cpu16(meta->csum_start) + inserted);
		hdr->csum_offset = meta->csum_offset;
	} else if (flags & SVNIC_META_CSUM_GOOD) {
		hdr->flags = VIRTIO_NET_HDR_F_DATA_VALID;
	}
	if (flags & SVNIC_META_GSO_TCPV4)
		hdr->gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	else if (flags & SVNIC_META_GSO_TCPV6)
		hdr->gso_type = VIRTIO_NET_HDR_GSO_TCPV6;
	else
		return;
	if (flags & SVNIC_META_GSO_ECN)
		hdr->gso_type |= VIRTIO_NET_HDR_GSO_ECN;
	hdr->gso_size = svnic_cpu16(meta->gso_size);
}

ssize_t tap_read(struct tap *tap, const struct iovec *iov, int nr,
		 struct svnic_meta *meta)
{
	struct iovec all[SVNIC_FRAME_PIECES + 1];
	struct virtio_net_hdr hdr;
	ssize_t n;
	int rc;

	if (nr > SVNIC_FRAME_PIECES)
		return -EINVAL;
	all[0].iov_base = &hdr;
	all[0].iov_len = sizeof(hdr);
	memcpy(&all[1], iov, (size_t)nr * sizeof(*iov));
	n = readv(tap->fd, all, nr + 1);
	if (n < 0)
		return -errno;
	if ((size_t)n <= sizeof(hdr))
		return -EIO;
	rc = meta_from_virtio(&hdr, meta);
	return rc ? rc : n - (ssize_t)sizeof(hdr);
}

int tap_write(struct tap *tap, const struct iovec *iov, int nr,
	      const struct svnic_meta *meta)
{
	struct iovec all[SVNIC_FRAME_PIECES + 3];
	uint16_t tag[2] = { htons(ETH_P_8021Q),
			    htons(svnic_cpu16(meta->vlan_tci)) };
	bool tagged = svnic_cpu16(meta->flags) & SVNIC_META_VLAN;
	struct virtio_net_hdr hdr;
	int at = 0;

	if (nr < 1 || nr > SVNIC_FRAME_PIECES || iov[0].iov_len < MAC_OCTETS)
		return -EINVAL;
	virtio_from_meta(meta, tagged ? sizeof(tag) : 0, &hdr);
	all[at++] = (struct iovec) { &hdr, sizeof(hdr) };
	all[at] = iov[0];
	if (tagged) {
		all[at++].iov_len = MAC_OCTETS;
		all[at++] = (struct iovec) { tag, sizeof(tag) };
		all[at].iov_base = (char *)iov[0].iov_base + MAC_OCTETS;
		all[at].iov_len = iov[0].iov_len - MAC_OCTETS;
	}
	at++;
	memcpy(&all[at], &iov[1], (size_t)(nr - 1) * sizeof(*iov));
	return writev(tap->fd, all, at + nr - 1) < 0 ? -errno : 0;
}
