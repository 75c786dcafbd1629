// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports that are Ethernet devices of DPDK, such as memif and virtio-user: the
 * other side of the peers.  Built by tests/bench/run where libdpdk is.
 */
#include <errno.h>
#include <stdio.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include "port.h"

#define NR_DESC	 1024
#define NR_BUFS	 16383u
#define NR_CACHE 256u

/* The longest frame is 9000 octets; one buffer holds it, as the peers have. */
#define BUF_SIZE (RTE_PKTMBUF_HEADROOM + 9216)
#define MTU	 9000

struct port {
	uint16_t id;
	struct rte_mempool *pool;
	struct rte_mbuf *ready[PORT_BURST]; /* written, not taken yet */
	unsigned int nr_ready;
};

const char *port_usage(void)
{
	return "EAL-OPTION... (with two --vdev)";
}

static void open_one(struct port *p, uint16_t id, struct rte_mempool *pool)
{
	struct rte_eth_conf conf = { 0 };
	struct rte_eth_dev_info info;
	int rc;

	p->id = id;
	p->pool = pool;
	if (rte_eth_dev_info_get(id, &info))
		die("port %u: no device", id);
	if (info.max_mtu >= MTU && info.max_rx_pktlen >= MTU + 18)
		conf.rxmode.mtu = MTU;
	conf.rxmode.offloads =
		info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
	conf.txmode.offloads =
		info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	rc = rte_eth_dev_configure(id, 1, 1, &conf);
	if (rc == 0)
		rc = rte_eth_rx_queue_setup(id, 0, NR_DESC, 0, NULL, pool);
	if (rc == 0)
		rc = rte_eth_tx_queue_setup(id, 0, NR_DESC, 0, NULL);
	if (rc == 0)
		rc = rte_eth_dev_start(id);
	if (rc)
		die("port %u: %s", id, rte_strerror(-rc));
	/* Not every device has that mode, or needs it. */
	(void)rte_eth_promiscuous_enable(id);
}

void port_open(int argc, char **argv, struct port *ports[2])
{
	static struct port port[2];
	struct rte_mempool *pool;
	uint16_t i;

	/* The word before the first option takes the place of a program name. */
	argv[-1] = (char *)(uintptr_t) "pump-dpdk";
	if (rte_eal_init(argc + 1, argv - 1) < 0)
		die("DPDK: %s", rte_strerror(rte_errno));
	if (rte_eth_dev_count_avail() != 2)
		die("wants two ports, has %u", rte_eth_dev_count_avail());
	pool = rte_pktmbuf_pool_create("frames", NR_BUFS, NR_CACHE, 0, BUF_SIZE,
				       0);
	if (!pool)
		die("buffers: %s", rte_strerror(rte_errno));
	for (i = 0; i < 2; i++) {
		open_one(&port[i], i, pool);
		ports[i] = &port[i];
	}
}

void port_close(struct port *ports[2])
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		rte_eth_dev_stop(ports[i]->id);
		rte_eth_dev_close(ports[i]->id);
	}
	rte_eal_cleanup();
}

void port_address(const struct port *p, uint8_t mac[6])
{
	const uint8_t m[6] = { 0x02, 0x53, 0x56, 0, 0, (uint8_t)(p->id + 1) };

	memcpy(mac, m, sizeof(m));
}

static void write_frames(struct port *p, struct flow *f, unsigned int nr)
{
	struct rte_mbuf **ready = &p->ready[p->nr_ready];
	unsigned int i;

	if (rte_pktmbuf_alloc_bulk(p->pool, ready, nr))
		return;
	for (i = 0; i < nr; i++) {
		unsigned int octets = frame_next_octets(f);

		frame_write(f, rte_pktmbuf_mtod(ready[i], void *), false);
		ready[i]->data_len = (uint16_t)octets;
		ready[i]->pkt_len = octets;
	}
	p->nr_ready += nr;
}

unsigned int port_send(struct port *p, struct flow *f, unsigned int max)
{
	unsigned int n;

	if (p->nr_ready < max)
		write_frames(p, f, max - p->nr_ready);
	n = rte_eth_tx_burst(p->id, 0, p->ready, (uint16_t)p->nr_ready);
	p->nr_ready -= n;
	if (n)
		memmove(p->ready, p->ready + n,
			p->nr_ready * sizeof(p->ready[0]));
	return n;
}

unsigned int port_receive(struct port *p, struct flow *f)
{
	struct rte_mbuf *got[PORT_BURST];
	unsigned int n = rte_eth_rx_burst(p->id, 0, got, PORT_BURST);
	unsigned int i;

	for (i = 0; i < n; i++)
		frame_check(f, rte_pktmbuf_mtod(got[i], void *),
			    got[i]->pkt_len);
	if (n)
		rte_pktmbuf_free_bulk(got, n);
	return n;
}

void port_kick(struct port *p)
{
	(void)p;
}

const char *port_fault(const struct port *p)
{
	(void)p;
	return NULL;
}
