/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configuration space as octets and a mask of writable bits.  BAR sizing needs
 * nothing more: the bits below a BAR's size cannot be written, so all-ones
 * reads back as the size mask.  Called by device.c.
 */
#include <string.h>
#include <linux/pci_regs.h>
#include <svnic/abi.h>

#include "pci.h"

#define PCI_MSIX_CAP 0x40u

static void put(uint8_t *at, unsigned int octets, uint64_t value)
{
	unsigned int i;

	for (i = 0; i < octets; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static void pci_init_header(struct pci_config *pci)
{
	uint8_t *d = pci->data, *m = pci->mask;

	put(d + PCI_VENDOR_ID, 2, SVNIC_PCI_VENDOR);
	put(d + PCI_DEVICE_ID, 2, SVNIC_PCI_DEVICE);
	put(m + PCI_COMMAND, 2,
	    PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY |
		    PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE);
	put(d + PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	put(d + PCI_REVISION_ID, 1, SVNIC_ABI_MAJOR);
	put(d + PCI_CLASS_PROG, 3, SVNIC_PCI_CLASS);
	put(m + PCI_CACHE_LINE_SIZE, 1, 0xff);
	put(m + PCI_LATENCY_TIMER, 1, 0xff);
	put(d + PCI_SUBSYSTEM_VENDOR_ID, 2, SVNIC_PCI_VENDOR);
	put(d + PCI_SUBSYSTEM_ID, 2, SVNIC_PCI_DEVICE);
	put(d + PCI_CAPABILITY_LIST, 1, PCI_MSIX_CAP);
	put(m + PCI_INTERRUPT_LINE, 1, 0xff);
}

static void pci_init_bars(struct pci_config *pci)
{
	uint8_t *d = pci->data, *m = pci->mask;

	put(d + PCI_BASE_ADDRESS_0, 4, PCI_BASE_ADDRESS_SPACE_MEMORY);
	put(m + PCI_BASE_ADDRESS_0, 4, ~(SVNIC_BAR_REGS_SIZE - 1));
	put(d + PCI_BASE_ADDRESS_2, 4,
	    PCI_BASE_ADDRESS_SPACE_MEMORY | PCI_BASE_ADDRESS_MEM_TYPE_64 |
		    PCI_BASE_ADDRESS_MEM_PREFETCH);
	put(m + PCI_BASE_ADDRESS_2, 8,
	    ~((uint64_t)SVNIC_BAR_DOORBELL_SIZE - 1));
}

static void pci_init_msix(struct pci_config *pci)
{
	uint8_t *d = pci->data + PCI_MSIX_CAP, *m = pci->mask + PCI_MSIX_CAP;

	put(d + PCI_CAP_LIST_ID, 1, PCI_CAP_ID_MSIX);
	put(d + PCI_MSIX_FLAGS, 2, SVNIC_NR_VECTORS - 1);
	put(m + PCI_MSIX_FLAGS, 2,
	    PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	put(d + PCI_MSIX_TABLE, 4, SVNIC_REG_MSIX_TABLE | SVNIC_BAR_REGS);
	put(d + PCI_MSIX_PBA, 4, SVNIC_REG_MSIX_PBA | SVNIC_BAR_REGS);
}

void pci_init(struct pci_config *pci)
{
	memset(pci, 0, sizeof(*pci));
	pci_init_header(pci);
	pci_init_bars(pci);
	pci_init_msix(pci);
}

void pci_read(const struct pci_config *pci, uint32_t offset, uint32_t len,
	      uint8_t *data)
{
	memcpy(data, pci->data + offset, len);
}

void pci_write(struct pci_config *pci, uint32_t offset, uint32_t len,
	       const uint8_t *data)
{
	uint32_t i;

	for (i = 0; i < len; i++) {
		uint8_t mask = pci->mask[offset + i];
		uint8_t *at = &pci->data[offset + i];

		*at = (uint8_t)((*at & ~mask) | (data[i] & mask));
	}
}
