/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PCI configuration space of the card: a plain PCI function with MSI-X, BAR0
 * (registers) and BAR2 (doorbells, 64 bit, prefetchable).
 */
#ifndef HOSTED_PCI_H
#define HOSTED_PCI_H

#include <stdint.h>

#define PCI_CONFIG_SIZE 256u

struct pci_config {
	uint8_t data[PCI_CONFIG_SIZE];
	uint8_t mask[PCI_CONFIG_SIZE]; /* bits that the host may write */
};

/* As after power-on. */
void pci_init(struct pci_config *pci);

/* [@offset, @offset + @len) lies inside PCI_CONFIG_SIZE. */
void pci_read(const struct pci_config *pci, uint32_t offset, uint32_t len,
	      uint8_t *data);
void pci_write(struct pci_config *pci, uint32_t offset, uint32_t len,
	       const uint8_t *data);

#endif /* HOSTED_PCI_H */
