// SPDX-License-Identifier: GPL-2.0-only
/*
 * svnic_pf: dom0's driver of the card.  This file finds the card, checks what
 * it says of itself, brings its parts up in order and takes them down in the
 * reverse one.
 */
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/module.h>

#include "chardev.h"
#include "mapping.h"
#include "netdev.h"
#include "svnic_pf.h"
#include "vif.h"

static bool netdev = true;
module_param(netdev, bool, 0444);
MODULE_PARM_DESC(netdev, "give the host a network interface of its own");

static int check_version(struct pf_card *card)
{
	u32 magic = ioread32(card->regs + SVNIC_REG_MAGIC);
	u32 version = ioread32(card->regs + SVNIC_REG_VERSION);

	if (magic != SVNIC_MAGIC) {
		dev_err(card->dev,
			"magic %08x found, %08x needed: svnic-fw does not run or is no svnic\n",
			magic, SVNIC_MAGIC);
		return -ENODEV;
	}
	if (version >> 16 != SVNIC_ABI_MAJOR) {
		dev_err(card->dev,
			"svnic-fw has ABI version %u.%u, this driver needs %u.x: install the svnic-fw or the svnic_pf of the other's release\n",
			version >> 16, version & 0xffff, SVNIC_ABI_MAJOR);
		return -EPROTONOSUPPORT;
	}
	card->id.version = version;
	return 0;
}

static int check_limit(struct pf_card *card, const char *what, u32 reg, u32 min,
		       u32 max, u32 *out)
{
	u32 v = ioread32(card->regs + reg);

	if (v < min || v > max) {
		dev_err(card->dev,
			"the card says %s %u, but %u to %u are possible\n",
			what, v, min, max);
		return -EPROTO;
	}
	*out = v;
	return 0;
}

/* All that the card says of itself, believed only within its limits (R48). */
static int identify(struct pf_card *card)
{
	struct pf_identity *id = &card->id;
	u32 lo, hi, max_vifs;
	int err;

	err = check_version(card);
	if (err)
		return err;
	max_vifs =
		(u32)min_t(resource_size_t, SVNIC_MAX_VIFS,
			   pci_resource_len(card->pdev, SVNIC_BAR_DOORBELL) >>
				   SVNIC_PAGE_SHIFT);
	err = check_limit(card, "link number", SVNIC_REG_LINK, 0,
			  SVNIC_MAX_LINKS - 1, &id->link);
	if (!err)
		err = check_limit(card, "number of ports", SVNIC_REG_PORTS, 0,
				  SVNIC_MAX_PORTS, &id->ports);
	if (!err)
		err = check_limit(card, "number of VIFs", SVNIC_REG_MAX_VIFS, 1,
				  max_vifs, &id->max_vifs);
	if (err)
		return err;
	id->features = ioread32(card->regs + SVNIC_REG_FEATURES);
	lo = ioread32(card->regs + SVNIC_REG_MAC_LO);
	hi = ioread32(card->regs + SVNIC_REG_MAC_HI);
	put_unaligned_le32(lo, id->mac);
	put_unaligned_le16((u16)hi, id->mac + 4);
	if (!is_valid_ether_addr(id->mac)) {
		dev_err(card->dev, "the card's address %pM is no unicast one\n",
			id->mac);
		return -EADDRNOTAVAIL;
	}
	return 0;
}

static int regs_map(struct pf_card *card)
{
	struct pci_dev *pdev = card->pdev;

	if (pci_resource_len(pdev, SVNIC_BAR_REGS) < SVNIC_BAR_REGS_SIZE ||
	    pci_resource_len(pdev, SVNIC_BAR_DOORBELL) < SVNIC_PAGE_SIZE) {
		dev_err(card->dev,
			"BAR %u has %#llx octets and BAR %u %#llx: too small\n",
			SVNIC_BAR_REGS,
			(u64)pci_resource_len(pdev, SVNIC_BAR_REGS),
			SVNIC_BAR_DOORBELL,
			(u64)pci_resource_len(pdev, SVNIC_BAR_DOORBELL));
		return -ENODEV;
	}
	card->doorbells = pci_resource_start(pdev, SVNIC_BAR_DOORBELL);
	card->regs = pci_iomap(pdev, SVNIC_BAR_REGS, SVNIC_BAR_REGS_SIZE);
	return card->regs ? 0 : -ENOMEM;
}

static int pci_up(struct pf_card *card)
{
	struct pci_dev *pdev = card->pdev;
	int err;

	err = pci_enable_device_mem(pdev);
	if (err)
		return err;
	err = pci_request_mem_regions(pdev, PF_NAME);
	if (err)
		goto err_disable;
	err = dma_set_mask_and_coherent(card->dev, DMA_BIT_MASK(64));
	if (err)
		goto err_regions;
	err = regs_map(card);
	if (err)
		goto err_regions;
	err = identify(card);
	if (err)
		goto err_unmap;
	pci_set_master(pdev);
	return 0;

err_unmap:
	pci_iounmap(pdev, card->regs);
err_regions:
	pci_release_mem_regions(pdev);
err_disable:
	pci_disable_device(pdev);
	return err;
}

static void pci_down(struct pf_card *card)
{
	pci_clear_master(card->pdev);
	pci_iounmap(card->pdev, card->regs);
	pci_release_mem_regions(card->pdev);
	pci_disable_device(card->pdev);
}

/* The handlers find nothing to do until the card is told to go. */
static int irqs_up(struct pf_card *card)
{
	struct pci_dev *pdev = card->pdev;
	int err;

	err = pci_alloc_irq_vectors(pdev, SVNIC_NR_VECTORS, SVNIC_NR_VECTORS,
				    PCI_IRQ_MSIX);
	if (err < 0) {
		dev_err(card->dev, "no %u MSI-X vectors: error %d\n",
			SVNIC_NR_VECTORS, err);
		return err;
	}
	err = pci_request_irq(pdev, SVNIC_VECTOR_ADMIN, svnic_pf_admin_irq,
			      NULL, card, "svnic-admin:%s", pci_name(pdev));
	if (err)
		goto err_vectors;
	err = pci_request_irq(pdev, SVNIC_VECTOR_EVENT, svnic_pf_event_irq,
			      NULL, card, "svnic-event:%s", pci_name(pdev));
	if (err)
		goto err_admin;
	return 0;

err_admin:
	pci_free_irq(pdev, SVNIC_VECTOR_ADMIN, card);
err_vectors:
	pci_free_irq_vectors(pdev);
	return err;
}

static void irqs_down(struct pf_card *card)
{
	pci_free_irq(card->pdev, SVNIC_VECTOR_EVENT, card);
	pci_free_irq(card->pdev, SVNIC_VECTOR_ADMIN, card);
	pci_free_irq_vectors(card->pdev);
}

/*
 * From here on the card is taken for broken when it does not answer, so that
 * the works it may have started must have ended before its memory goes.
 */
static int card_up(struct pf_card *card)
{
	int err;

	err = svnic_pf_admin_alloc(card);
	if (err)
		return err;
	err = svnic_pf_events_alloc(card);
	if (err)
		goto err_admin;
	err = irqs_up(card);
	if (err)
		goto err_events;
	err = svnic_pf_admin_enable(card);
	if (err)
		goto err_reset;
	err = svnic_pf_events_enable(card);
	if (err)
		goto err_reset;
	return 0;

err_reset:
	svnic_pf_quiesce(card);
	irqs_down(card);
	cancel_work_sync(&card->lost_work);
err_events:
	svnic_pf_events_free(card);
err_admin:
	svnic_pf_admin_free(card);
	return err;
}

static void card_down(struct pf_card *card)
{
	cancel_delayed_work_sync(&card->watch);
	svnic_pf_vif_destroy_all(card);
	svnic_pf_quiesce(card);
	irqs_down(card);
	cancel_work_sync(&card->lost_work);
	svnic_pf_events_free(card);
	svnic_pf_admin_free(card);
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *ent)
{
	struct pf_card *card = svnic_pf_card_alloc(pdev);
	int err;

	if (!card)
		return -ENOMEM;
	err = pci_up(card);
	if (err)
		goto err_put;
	err = card_up(card);
	if (err)
		goto err_pci;
	card->id.epoch = ioread32(card->regs + SVNIC_REG_EPOCH);
	svnic_pf_watch(card);
	if (netdev)
		svnic_pf_netdev_create(card); /* svnicd works without it */
	err = svnic_pf_chardev_create(card);
	if (err)
		goto err_netdev;
	pci_set_drvdata(pdev, card);
	dev_info(
		card->dev,
		"svnic-fw ABI %u.%u, link %u, %u ports, %u VIFs, address %pM: /dev/%s\n",
		card->id.version >> 16, card->id.version & 0xffff,
		card->id.link, card->id.ports, card->id.max_vifs, card->id.mac,
		card->name);
	return 0;

err_netdev:
	svnic_pf_netdev_destroy(card);
	card_down(card);
err_pci:
	pci_down(card);
err_put:
	svnic_pf_put(card);
	return err;
}

static void remove(struct pci_dev *pdev)
{
	struct pf_card *card = pci_get_drvdata(pdev);

	svnic_pf_chardev_destroy(card);
	svnic_pf_netdev_destroy(card);
	card_down(card);
	pci_down(card);
	svnic_pf_put(card);
}

/* The next kernel must not find its memory written to. */
static void shutdown(struct pci_dev *pdev)
{
	svnic_pf_quiesce(pci_get_drvdata(pdev));
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(SVNIC_PCI_VENDOR, SVNIC_PCI_DEVICE) }, {}
};
MODULE_DEVICE_TABLE(pci, ids);

static struct pci_driver pf_driver = {
	.name = PF_NAME,
	.id_table = ids,
	.probe = probe,
	.remove = remove,
	.shutdown = shutdown,
};

static int __init pf_init(void)
{
	int err = svnic_pf_mapping_init();

	if (err)
		return err;
	err = pci_register_driver(&pf_driver);
	if (err)
		svnic_pf_mapping_fini();
	return err;
}
module_init(pf_init);

static void __exit pf_exit(void)
{
	pci_unregister_driver(&pf_driver);
	svnic_pf_mapping_fini();
}
module_exit(pf_exit);

MODULE_DESCRIPTION("svnic: a network card that virtualizes itself (host side)");
MODULE_AUTHOR("The svnic developers");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
