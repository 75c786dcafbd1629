// SPDX-License-Identifier: GPL-2.0-only
/* Ports that are VIFs of the local platform, by libsvnic. */
#include <errno.h>
#include <stdlib.h>
#include "libsvnic.h"
#include "port.h"

struct port {
	struct svnic *vif;
};

const char *port_usage(void)
{
	return "DIR VIF VIF [TX-ORDER RX-ORDER]";
}

void port_open(int argc, char **argv, struct port *ports[2])
{
	static struct port port[2];
	unsigned int i;
	int rc;

	if (argc != 3 && argc != 5)
		die("wants %s", port_usage());
	for (i = 0; i < 2; i++) {
		struct svnic_params params = { .name = argv[1 + i],
					       .socket_dir = argv[0] };

		if (argc == 5) {
			params.tx_order = (unsigned int)atoi(argv[3]);
			params.rx_order = (unsigned int)atoi(argv[4]);
		}
		rc = svnic_open(&params, &port[i].vif);
		if (rc)
			die("VIF %s: %s", argv[1 + i], strerror(-rc));
		ports[i] = &port[i];
	}
}

void port_close(struct port *ports[2])
{
	svnic_close(ports[0]->vif);
	svnic_close(ports[1]->vif);
}

void port_address(const struct port *p, uint8_t mac[6])
{
	memcpy(mac, svnic_info(p->vif)->mac, 6);
}

unsigned int port_send(struct port *p, struct flow *f, unsigned int max)
{
	static const struct svnic_meta meta;
	struct iovec iov[SVNIC_FRAME_PIECES];
	unsigned int i;

	for (i = 0; i < max; i++) {
		unsigned int octets = frame_next_octets(f);
		int pieces =
			(int)((octets + SVNIC_PAGE_SIZE - 1) / SVNIC_PAGE_SIZE);

		if (svnic_tx_frame(p->vif, iov, pieces) <= 0)
			break;
		frame_write(f, iov[0].iov_base, true);
		if (svnic_tx_send(p->vif, octets, &meta))
			die("a frame of %u octets was refused", octets);
	}
	return i;
}

unsigned int port_receive(struct port *p, struct flow *f)
{
	struct iovec iov[SVNIC_FRAME_PIECES];
	struct svnic_meta meta;
	unsigned int n;

	for (n = 0; n < PORT_BURST; n++) {
		unsigned int octets = 0;
		int nr = svnic_rx_frame(p->vif, iov, SVNIC_FRAME_PIECES, &meta);
		int i;

		if (nr < 0)
			die("a received frame: %s", strerror(-nr));
		if (nr == 0)
			break;
		for (i = 0; i < nr; i++)
			octets += (unsigned int)iov[i].iov_len;
		frame_check(f, iov[0].iov_base, octets);
	}
	if (n)
		svnic_rx_release(p->vif);
	return n;
}

void port_kick(struct port *p)
{
	svnic_kick(p->vif);
}

const char *port_fault(const struct port *p)
{
	return svnic_fault(p->vif) ? "the card has stopped the queue" : NULL;
}
