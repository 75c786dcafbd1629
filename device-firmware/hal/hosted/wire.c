/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all kinds of wire share: names, buffers, and turning a frame of the
 * core into an iovec for the kernel.  Called by card.c, hal.c and wire_*.c.
 */
#include <errno.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <svnic/order.h>

#include "log.h"
#include "wire.h"

#define BUFFERS_SIZE (WIRE_BATCH * WIRE_STRIDE)

/* Take ",plain" off; a kind that is plain anyway has no such word. */
static bool is_plain(const struct wire_ops *ops, char *arg)
{
	static const char word[] = ",plain";
	size_t len = strlen(arg);
	char *end;

	if (!ops->takes || len < sizeof(word))
		return false;
	end = arg + len - (sizeof(word) - 1);
	if (strcmp(end, word) != 0)
		return false;
	*end = '\0';
	return true;
}

bool wire_parse(const char *text, struct wire_config *config)
{
	static const struct wire_ops *const kinds[] = {
		&wire_packet_ops,
		&wire_tap_ops,
		&wire_pcap_ops,
	};
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i]->kind);

		if (strncmp(text, kinds[i]->kind, len) != 0 || text[len] != ':')
			continue;
		text += len + 1;
		if (*text == '\0' || strlen(text) >= sizeof(config->arg))
			break;
		config->ops = kinds[i];
		memcpy(config->arg, text, strlen(text) + 1);
		config->is_plain = is_plain(kinds[i], config->arg);
		return true;
	}
	return false;
}

bool wire_set_interface(struct wire *w, const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len >= sizeof(w->interface)) {
		log_err("wire %u: \"%s\": expected the name of an interface, 1 to %zu octets",
			w->port, name, sizeof(w->interface) - 1);
		return false;
	}
	memcpy(w->interface, name, len + 1);
	return true;
}

int wire_open(struct wire *w, unsigned int port,
	      const struct wire_config *config,
	      const struct wire_legacy *legacy)
{
	void *p;
	int err;

	memset(w, 0, sizeof(*w));
	w->ops = config->ops;
	w->port = port;
	w->takes = config->is_plain ? 0 : w->ops->takes;
	w->fd = legacy ? legacy->fd : -1;
	w->goes_on = legacy && !legacy->is_first;
	p = mmap(NULL, BUFFERS_SIZE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return -errno;
	w->buffers = p;
	snprintf(w->name, sizeof(w->name), "%s:%.*s", w->ops->kind,
		 (int)(sizeof(w->name) - strlen(w->ops->kind) - 2),
		 config->arg);
	err = w->ops->open(w, config->arg);
	if (err)
		munmap(w->buffers, BUFFERS_SIZE);
	else if (!legacy)
		log_info("wire %u is %s:%s%s", port, w->ops->kind, config->arg,
			 config->is_plain ? ", plain" : "");
	return err;
}

void wire_close(struct wire *w)
{
	w->ops->close(w);
	munmap(w->buffers, BUFFERS_SIZE);
	if (w->refused)
		log_info("wire %u: %llu frames were not taken in", w->port,
			 (unsigned long long)w->refused);
}

void wire_info(struct wire *w, struct svnic_port_info *info)
{
	struct ifreq ifr = { 0 };
	int fd;

	memcpy(info->name, w->name, sizeof(w->name));
	info->up = svnic_le32(1);
	info->mtu = svnic_le32(SVNIC_MTU_MAX);
	if (w->interface[0] == '\0')
		return;
	info->up = 0;
	info->mtu = svnic_le32(ETHERMTU);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	memcpy(ifr.ifr_name, w->interface, sizeof(ifr.ifr_name));
	if (ioctl(fd, SIOCGIFFLAGS, &ifr) == 0)
		info->up = svnic_le32((ifr.ifr_flags & IFF_UP) &&
				      (ifr.ifr_flags & IFF_RUNNING));
	if (ioctl(fd, SIOCGIFMTU, &ifr) == 0 && ifr.ifr_mtu > 0)
		info->mtu = svnic_le32((uint32_t)ifr.ifr_mtu);
	close(fd);
}

void wire_refuse(struct wire *w, const char *why)
{
	w->refused++;
	log_peer(LOG_LEVEL_WARN, "wire %u: frame not taken in: %s", w->port,
		 why);
}

unsigned int wire_gather(const struct hal_iov *iov, unsigned int nr_iov,
			 const struct svnic_meta *meta,
			 struct virtio_net_hdr *h, uint8_t tag[VLAN_TAG_LEN],
			 struct iovec *out)
{
	const size_t macs = 2 * ETHER_ADDR_LEN;
	unsigned int i, n = 0;
	size_t len = 0;

	for (i = 0; i < nr_iov; i++)
		len += iov[i].len;
	if (nr_iov == 0 || nr_iov > WIRE_IOV_MAX - 3 || iov[0].len < macs ||
	    len > SVNIC_FRAME_MAX ||
	    vnet_from_meta(meta, iov, nr_iov, len, h) < 0)
		return 0;
	out[n++] = (struct iovec) { .iov_base = h, .iov_len = sizeof(*h) };
	i = 0;
	if (svnic_cpu16(meta->flags) & SVNIC_META_VLAN) {
		uint8_t *first = (uint8_t *)(uintptr_t)iov[0].data;

		vnet_put_tag(meta, tag);
		out[n++] = (struct iovec) { first, macs };
		out[n++] = (struct iovec) { tag, VLAN_TAG_LEN };
		out[n++] = (struct iovec) { first + macs, iov[0].len - macs };
		i = 1;
	}
	for (; i < nr_iov; i++)
		out[n++] = (struct iovec) { (void *)(uintptr_t)iov[i].data,
					    iov[i].len };
	return n;
}
