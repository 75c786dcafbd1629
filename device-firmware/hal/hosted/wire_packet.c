/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A wire on an existing interface, through AF_PACKET with virtio-net headers,
 * so that frames keep their offloads both ways.  The interface should carry
 * no address of the machine's own.  One that is deleted is looked for by its
 * name until there is one again.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <svnic/order.h>

#include "log.h"
#include "wire.h"

#define PACKET_RCVBUF  (16 << 20)
#define PACKET_SNDBUF  (4 << 20)
#define PACKET_LOOK_MS 100 /* for an interface that is gone */
/* With its headers; longer ones are sent by themselves, without a copy. */
#define PACKET_QUEUED 2048u

/* Frames that go with one call, their octets copied. */
struct packet_queue {
	struct mmsghdr msg[WIRE_BATCH];
	struct iovec iov[WIRE_BATCH];
	uint8_t octets[WIRE_BATCH][PACKET_QUEUED];
	unsigned int nr;
	unsigned int sent;
	bool is_careful; /* one was refused: one at a time, until one goes */
};

struct packet {
	struct packet_queue queue;
	bool is_lost;	 /* the interface is gone */
	uint64_t looked; /* for another one: ms */
	struct mmsghdr msg[WIRE_BATCH];
	struct iovec iov[WIRE_BATCH][2];
	struct virtio_net_hdr vnet[WIRE_BATCH];
	union {
		struct cmsghdr align;
		uint8_t space[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control[WIRE_BATCH];
};

static int packet_option(int fd, int option, int value)
{
	return setsockopt(fd, SOL_PACKET, option, &value, sizeof(value));
}

/* As much as the kernel lets us have. */
static void packet_buffers(int fd)
{
	int rcv = PACKET_RCVBUF, snd = PACKET_SNDBUF;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcv, sizeof(rcv)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &rcv, sizeof(rcv));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &snd, sizeof(snd)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &snd, sizeof(snd));
}

static bool packet_is_ethernet(struct wire *w, int fd)
{
	struct ifreq ifr = { 0 };

	memcpy(ifr.ifr_name, w->interface, sizeof(ifr.ifr_name));
	if (ioctl(fd, SIOCGIFHWADDR, &ifr) < 0 ||
	    (ifr.ifr_hwaddr.sa_family != ARPHRD_ETHER &&
	     ifr.ifr_hwaddr.sa_family != ARPHRD_LOOPBACK)) {
		log_err("wire %u: %s is no Ethernet interface", w->port,
			w->interface);
		return false;
	}
	if (ioctl(fd, SIOCGIFFLAGS, &ifr) == 0 && !(ifr.ifr_flags & IFF_UP))
		log_info("wire %u: %s is down: ip link set %s up", w->port,
			 w->interface, w->interface);
	return true;
}

static int packet_bind(int fd, int index)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = index,
	};
	struct packet_mreq promisc = {
		.mr_ifindex = index,
		.mr_type = PACKET_MR_PROMISC,
	};

	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promisc,
		       sizeof(promisc)) < 0 ||
	    bind(fd, (struct sockaddr *)&ll, sizeof(ll)) < 0)
		return -errno;
	return 0;
}

/* The kernel lets go of an interface that is deleted. */
static bool packet_is_bound(int fd)
{
	struct sockaddr_ll ll = { 0 };
	socklen_t len = sizeof(ll);

	return getsockname(fd, (struct sockaddr *)&ll, &len) == 0 &&
	       ll.sll_ifindex > 0;
}

/* Options first, then bind: no frame comes without its header. */
static int packet_setup(int fd, int index)
{
	packet_buffers(fd);
	if (packet_option(fd, PACKET_VNET_HDR, 1) < 0 ||
	    packet_option(fd, PACKET_AUXDATA, 1) < 0 ||
	    packet_option(fd, PACKET_IGNORE_OUTGOING, 1) < 0)
		return -errno;
	return packet_bind(fd, index);
}

static int packet_socket(struct wire *w)
{
	unsigned int index = if_nametoindex(w->interface);
	int fd, err;

	if (index == 0) {
		log_err("wire %u: there is no interface %s here: see ip link; create it, or run svnic-fw in its network namespace (ip netns exec)",
			w->port, w->interface);
		return -ENODEV;
	}
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		err = -errno;
		log_err("wire %u: no packet socket: %s; run as root or give CAP_NET_RAW",
			w->port, strerror(-err));
		return err;
	}
	err = packet_is_ethernet(w, fd) ? packet_setup(fd, (int)index)
					: -EINVAL;
	if (err) {
		log_err("wire %u: cannot use %s: %s", w->port, w->interface,
			strerror(-err));
		close(fd);
		return err;
	}
	return fd;
}

static void packet_prepare(struct wire *w, struct packet *p)
{
	unsigned int i;

	for (i = 0; i < WIRE_BATCH; i++) {
		struct msghdr *m = &p->msg[i].msg_hdr;

		p->iov[i][0].iov_base = &p->vnet[i];
		p->iov[i][0].iov_len = sizeof(p->vnet[i]);
		p->iov[i][1].iov_base = wire_buffer(w, i);
		p->iov[i][1].iov_len = SVNIC_FRAME_MAX + VLAN_TAG_LEN;
		m->msg_iov = p->iov[i];
		m->msg_iovlen = 2;
		m->msg_control = p->control[i].space;
	}
}

static int packet_open(struct wire *w, const char *arg)
{
	struct packet *p;

	if (!wire_set_interface(w, arg))
		return -EINVAL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	if (w->fd < 0)
		w->fd = packet_socket(w);
	if (w->fd < 0) {
		free(p);
		return w->fd;
	}
	packet_prepare(w, p);
	/* It may have gone while there was no core. */
	p->is_lost = !packet_is_bound(w->fd);
	w->state = p;
	w->readable = true;
	return 0;
}

/* A call has failed: is it because the interface is gone? */
static void packet_failed(struct wire *w)
{
	struct packet *p = w->state;
	int error = errno;

	if (!p->is_lost && !packet_is_bound(w->fd)) {
		p->is_lost = true;
		log_warn(
			"wire %u: %s is gone; it is used again as soon as there is an interface of that name",
			w->port, w->interface);
	}
	errno = error;
}

static uint64_t packet_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Another one by the name of that which is gone. */
static void packet_find(struct wire *w)
{
	struct packet *p = w->state;
	uint64_t now = packet_now_ms();
	unsigned int index;
	int error;
	socklen_t len = sizeof(error);

	if (now < p->looked + PACKET_LOOK_MS)
		return;
	p->looked = now;
	index = if_nametoindex(w->interface);
	if (index == 0 || !packet_is_ethernet(w, w->fd) ||
	    packet_bind(w->fd, (int)index) < 0)
		return;
	/* What is still to be reported is of the one that is gone. */
	(void)getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	p->is_lost = false;
	w->readable = true;
	log_info("wire %u: %s is there again", w->port, w->interface);
}

/* Put a tag that the kernel took out beside the frame, or back into it. */
static void packet_tag(struct msghdr *m, struct hal_frame *f)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	struct tpacket_auxdata aux;
	uint8_t *p = (uint8_t *)(uintptr_t)f->data;
	uint16_t start;

	if (!c || c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
		return;
	memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	if (!(aux.tp_status & TP_STATUS_VLAN_VALID))
		return;
	if (!(aux.tp_status & TP_STATUS_VLAN_TPID_VALID) ||
	    aux.tp_vlan_tpid == ETH_P_8021Q) {
		f->meta.vlan_tci = svnic_le16(aux.tp_vlan_tci);
		f->meta.flags |= svnic_le16(SVNIC_META_VLAN);
		return;
	}
	memmove(p - VLAN_TAG_LEN, p, 2 * ETH_ALEN);
	p += 2 * ETH_ALEN - VLAN_TAG_LEN;
	p[0] = (uint8_t)(aux.tp_vlan_tpid >> 8);
	p[1] = (uint8_t)aux.tp_vlan_tpid;
	p[2] = (uint8_t)(aux.tp_vlan_tci >> 8);
	p[3] = (uint8_t)aux.tp_vlan_tci;
	f->data -= VLAN_TAG_LEN;
	f->len += VLAN_TAG_LEN;
	start = svnic_cpu16(f->meta.csum_start);
	if (f->meta.flags & svnic_le16(SVNIC_META_CSUM_BLANK))
		f->meta.csum_start =
			svnic_le16((uint16_t)(start + VLAN_TAG_LEN));
}

/* Frame number @i of a batch; false when it is to be dropped. */
static bool packet_frame(struct wire *w, struct packet *p, unsigned int i,
			 struct hal_frame *f)
{
	struct mmsghdr *m = &p->msg[i];
	size_t len = m->msg_len;

	memset(f, 0, sizeof(*f));
	if (m->msg_hdr.msg_flags & MSG_TRUNC ||
	    len < sizeof(p->vnet[i]) + SVNIC_FRAME_MIN ||
	    len > sizeof(p->vnet[i]) + SVNIC_FRAME_MAX) {
		wire_refuse(w, "its length");
		return false;
	}
	len -= sizeof(p->vnet[i]);
	if (vnet_to_meta(&p->vnet[i], len, &f->meta) < 0) {
		wire_refuse(w, "offload that the card does not know");
		return false;
	}
	f->data = wire_buffer(w, i);
	f->len = (uint32_t)len;
	packet_tag(&m->msg_hdr, f);
	return true;
}

static unsigned int packet_rx(struct wire *w, struct hal_frame *frames,
			      unsigned int max)
{
	struct packet *p = w->state;
	unsigned int i, nr = 0;
	int n;

	for (i = 0; i < max; i++)
		p->msg[i].msg_hdr.msg_controllen = sizeof(p->control[i].space);
	n = recvmmsg(w->fd, p->msg, max, MSG_DONTWAIT, NULL);
	/*
	 * Fewer than asked for: epoll will tell when there is more.  An error
	 * is of the interface, or of one frame, and says nothing of the next.
	 */
	w->readable = n == (int)max || (n < 0 && errno != EAGAIN);
	if (n < 0 && errno != EAGAIN)
		packet_failed(w);
	for (i = 0; n > 0 && i < (unsigned int)n; i++)
		nr += packet_frame(w, p, i, &frames[nr]);
	return nr;
}

static bool packet_is_full(int error)
{
	return error == EAGAIN || error == ENOBUFS || error == EINTR;
}

static void packet_refused(struct wire *w)
{
	struct packet *p = w->state;

	p->queue.is_careful = true;
	packet_failed(w);
	if (!p->is_lost)
		log_peer(LOG_LEVEL_WARN, "wire %u: frame not sent: %s", w->port,
			 strerror(errno));
}

/* What the kernel does not take now goes on waiting, in order. */
static void packet_flush(struct wire *w)
{
	struct packet *p = w->state;
	struct packet_queue *q = &p->queue;
	int n;

	if (p->is_lost)
		packet_find(w);
	while (q->sent < q->nr) {
		n = sendmmsg(w->fd, &q->msg[q->sent], q->nr - q->sent,
			     MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && packet_is_full(errno))
			return;
		if (n < 0)
			packet_refused(w);
		q->sent += n < 0 ? 1 : (unsigned int)n;
	}
	q->nr = 0;
	q->sent = 0;
}

static void packet_queue(struct packet_queue *q, const struct msghdr *msg)
{
	uint8_t *to = q->octets[q->nr];
	struct iovec *iov = &q->iov[q->nr];
	size_t i;

	*iov = (struct iovec) { .iov_base = to };
	for (i = 0; i < msg->msg_iovlen; i++) {
		memcpy(to + iov->iov_len, msg->msg_iov[i].iov_base,
		       msg->msg_iov[i].iov_len);
		iov->iov_len += msg->msg_iov[i].iov_len;
	}
	q->msg[q->nr].msg_hdr.msg_iov = iov;
	q->msg[q->nr++].msg_hdr.msg_iovlen = 1;
}

/* Behind what waits: nothing overtakes. */
static enum svnic_verdict packet_send(struct wire *w, const struct msghdr *msg)
{
	struct packet_queue *q = &((struct packet *)w->state)->queue;

	packet_flush(w);
	if (q->nr)
		return SVNIC_V_WIRE_FULL;
	if (sendmsg(w->fd, msg, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
		q->is_careful = false;
		return SVNIC_V_WIRE;
	}
	if (packet_is_full(errno))
		return SVNIC_V_WIRE_FULL;
	packet_refused(w);
	return SVNIC_V_WIRE_ERROR;
}

static size_t packet_len(const struct msghdr *msg)
{
	size_t i, len = 0;

	for (i = 0; i < msg->msg_iovlen; i++)
		len += msg->msg_iov[i].iov_len;
	return len;
}

static enum svnic_verdict packet_tx(struct wire *w, const struct hal_iov *iov,
				    unsigned int nr_iov,
				    const struct svnic_meta *meta)
{
	struct packet_queue *q = &((struct packet *)w->state)->queue;
	struct iovec out[WIRE_IOV_MAX];
	struct msghdr msg = { .msg_iov = out };
	uint8_t tag[VLAN_TAG_LEN];
	struct virtio_net_hdr h;

	msg.msg_iovlen = wire_gather(iov, nr_iov, meta, &h, tag, out);
	if (msg.msg_iovlen == 0)
		return SVNIC_V_WIRE_ERROR;
	if (q->is_careful || packet_len(&msg) > PACKET_QUEUED)
		return packet_send(w, &msg);
	if (q->nr == WIRE_BATCH)
		packet_flush(w);
	if (q->nr == WIRE_BATCH)
		return SVNIC_V_WIRE_FULL;
	packet_queue(q, &msg);
	return SVNIC_V_WIRE;
}

static void packet_close(struct wire *w)
{
	packet_flush(w);
	close(w->fd);
	free(w->state);
}

const struct wire_ops wire_packet_ops = {
	.kind = "packet",
	.takes = WIRE_TAKES_ALL,
	.open = packet_open,
	.close = packet_close,
	.rx = packet_rx,
	.tx = packet_tx,
	.flush = packet_flush,
	.idle = packet_flush,
};
