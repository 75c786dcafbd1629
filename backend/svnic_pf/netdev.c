// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host's own network interface: a VIF that also gets the frames for
 * addresses that no other VIF has and may send from any, so that it can be a
 * port of a bridge.  The interface itself is svnic_net's.
 */
#include <linux/etherdevice.h>
#include <linux/io.h>
#include <linux/rtnetlink.h>
#include <svnic_net.h>

#include "netdev.h"
#include "pages.h"
#include "svnic_pf.h"
#include "vif.h"

static int pages_add(void *owner, u32 first, struct page **pages, u32 count)
{
	struct pf_card *card = owner;

	return svnic_pf_pages_add(card->own, first, count, pages,
				  PF_PAGE_NETDEV);
}

static int pages_del(void *owner, u32 first, struct page **pages, u32 count)
{
	struct pf_card *card = owner;
	u32 done;

	return svnic_pf_pages_del(card->own, first, count, &done);
}

static int queue_start(void *owner, u32 queue,
		       const struct svnic_queue_config *config)
{
	struct pf_card *card = owner;
	struct pf_start start = {
		.queue = queue,
		.target = PF_TO_NETDEV,
		.config = *config,
	};
	u32 status = SVNIC_ST_OK;
	int err;

	err = svnic_pf_queue_start(card->own, &start, &status);
	return err == -EIO ? svnic_pf_errno(status) : err;
}

static int queue_stop(void *owner, u32 queue)
{
	struct pf_card *card = owner;
	u32 status = SVNIC_ST_OK;
	int err;

	err = svnic_pf_queue_stop(card->own, queue, &status);
	return err == -EIO ? svnic_pf_errno(status) : err;
}

static const struct svnic_net_ops net_ops = {
	.pages_add = pages_add,
	.pages_del = pages_del,
	.queue_start = queue_start,
	.queue_stop = queue_stop,
};

static int own_vif_create(struct pf_card *card)
{
	struct svnic_pf_create create = {
		.config = {
			.mtu = svnic_le16(SVNIC_MTU_MAX),
			.flags = svnic_le32(SVNIC_VIF_ANY_SOURCE |
					    SVNIC_VIF_UNKNOWN),
		},
		.vif = SVNIC_VIF_NONE,
	};
	struct pf_vif *vif;

	ether_addr_copy(create.config.mac, card->id.mac);
	vif = svnic_pf_vif_create(card, &create);
	if (IS_ERR(vif)) {
		dev_err(card->dev, "no VIF for the host's own interface: %s\n",
			svnic_pf_status_text(create.status));
		return PTR_ERR(vif) == -EIO ? svnic_pf_errno(create.status)
					    : (int)PTR_ERR(vif);
	}
	vif->is_own = true;
	card->own = vif;
	return 0;
}

static struct svnic_net *net_create(struct pf_card *card)
{
	struct svnic_net_config config = {
		.parent = card->dev,
		.driver = PF_NAME,
		.ops = &net_ops,
		.owner = card,
		.doorbell = card->net_doorbell,
		.mtu = ETH_DATA_LEN,
		.max_mtu = SVNIC_MTU_MAX,
		.features = card->id.features,
		.max_pages = SVNIC_MAX_PAGES,
		.nr_queues = 1,
		.trusted = true,
	};

	ether_addr_copy(config.mac, card->id.mac);
	return svnic_net_create(&config);
}

static void own_vif_destroy(struct pf_card *card)
{
	svnic_pf_vif_destroy(card->own);
	svnic_pf_vif_put(card->own);
	card->own = NULL;
}

/* No event reaches the interface any more, whatever became of its queues. */
static void silence(struct pf_vif *vif)
{
	u32 i;

	for (i = 0; i < SVNIC_MAX_QUEUES; i++)
		svnic_pf_event_target(vif, i, PF_TO_NONE, 0);
}

static int create_locked(struct pf_card *card)
{
	struct svnic_net *net;
	int err;

	err = own_vif_create(card);
	if (err)
		return err;
	err = -ENOMEM;
	card->net_doorbell =
		ioremap(card->doorbells + card->own->nr * SVNIC_PAGE_SIZE,
			SVNIC_PAGE_SIZE);
	if (!card->net_doorbell)
		goto err_vif;
	net = net_create(card);
	if (IS_ERR(net)) {
		err = PTR_ERR(net);
		goto err_doorbell;
	}
	card->own->net = net;
	err = svnic_net_attach(net);
	if (err)
		goto err_net;
	card->net = net;
	return 0;

err_net:
	silence(card->own);
	svnic_net_destroy(net);
err_doorbell:
	iounmap(card->net_doorbell);
err_vif:
	own_vif_destroy(card);
	return err;
}

int svnic_pf_netdev_create(struct pf_card *card)
{
	int err;

	mutex_lock(&card->net_lock);
	err = create_locked(card);
	mutex_unlock(&card->net_lock);
	if (err)
		dev_err(card->dev, "no network interface: error %d\n", err);
	return err;
}

void svnic_pf_netdev_lost(struct pf_card *card)
{
	mutex_lock(&card->net_lock);
	if (card->net) {
		svnic_net_lost(card->net);
		silence(card->own);
	}
	mutex_unlock(&card->net_lock);
}

void svnic_pf_netdev_destroy(struct pf_card *card)
{
	mutex_lock(&card->net_lock);
	if (card->net) {
		svnic_net_detach(card->net);
		silence(card->own);
		svnic_net_destroy(card->net);
		card->net = NULL;
		iounmap(card->net_doorbell);
		own_vif_destroy(card);
	}
	mutex_unlock(&card->net_lock);
}

void svnic_pf_netdev_info(struct pf_card *card, struct svnic_pf_info *info)
{
	info->own_vif = SVNIC_VIF_NONE;
	mutex_lock(&card->net_lock);
	if (card->net) {
		info->own_vif = card->own->nr;
		rtnl_lock();
		strscpy(info->netdev, svnic_net_netdev(card->net)->name,
			sizeof(info->netdev));
		rtnl_unlock();
	}
	mutex_unlock(&card->net_lock);
}
