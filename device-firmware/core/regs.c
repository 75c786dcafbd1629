// SPDX-License-Identifier: GPL-2.0-only
/*
 * BAR0 of a link; see abi.md 3.  What can be read tells what the card is; what
 * can be written brings up the admin queue, rings it, or resets the link.
 * Called by the HAL when a host reads or writes a register.
 */
#include "admin.h"
#include "arena.h"
#include "core.h"

#define FEATURES                                                       \
	(SVNIC_F_CSUM | SVNIC_F_GSO | SVNIC_F_VLAN | SVNIC_F_MONITOR | \
	 SVNIC_F_HASH | SVNIC_F_FIND)

/* Octets of the link's permanent address, the first one lowest. */
static uint64_t link_mac(const struct core *core, unsigned int link)
{
	uint8_t mac[8] = { 0 };
	unsigned int sum = link;
	uint64_t value = 0;
	unsigned int i;

	for (i = 6; i-- > 0;) {
		sum += core->config.mac[i];
		mac[i] = (uint8_t)sum;
		sum >>= 8;
	}
	for (i = 0; i < 6; i++)
		value |= (uint64_t)mac[i] << 8 * i;
	return value;
}

static uint32_t half(uint64_t value, bool high)
{
	return (uint32_t)(high ? value >> 32 : value);
}

static void set_half(uint64_t *value, bool high, uint32_t half_value)
{
	if (high)
		*value = (uint32_t)*value | (uint64_t)half_value << 32;
	else
		*value = (*value & ~0xffffffffull) | half_value;
}

static uint32_t read_const(const struct core *core, uint32_t reg)
{
	switch (reg) {
	case SVNIC_REG_MAGIC:
		return SVNIC_MAGIC;
	case SVNIC_REG_VERSION:
		return SVNIC_ABI_VERSION;
	case SVNIC_REG_FEATURES:
		return FEATURES;
	case SVNIC_REG_PORTS:
		return core->config.nr_ports;
	case SVNIC_REG_MAX_VIFS:
		return core->config.max_vifs;
	default:
		return 0;
	}
}

uint32_t core_reg_read(struct core *core, unsigned int link, uint32_t reg)
{
	const struct link *l;

	if (link >= core->config.nr_links)
		return 0;
	l = arena_link(core, link);
	switch (reg) {
	case SVNIC_REG_STATUS:
		return l->admin.status;
	case SVNIC_REG_LINK:
		return link;
	case SVNIC_REG_EPOCH:
		return l->epoch;
	case SVNIC_REG_MAC_LO:
	case SVNIC_REG_MAC_HI:
		return half(link_mac(core, link), reg == SVNIC_REG_MAC_HI);
	case SVNIC_REG_CONTROL:
		return l->admin.status ? SVNIC_CONTROL_ENABLE : 0;
	case SVNIC_REG_SQ_LO:
	case SVNIC_REG_SQ_HI:
		return half(l->admin.sq, reg == SVNIC_REG_SQ_HI);
	case SVNIC_REG_CQ_LO:
	case SVNIC_REG_CQ_HI:
		return half(l->admin.cq, reg == SVNIC_REG_CQ_HI);
	case SVNIC_REG_SQ_TAIL:
		return l->admin.tail;
	default:
		return read_const(core, reg);
	}
}

static void write_control(struct core *core, unsigned int link, uint32_t value)
{
	if (value & SVNIC_CONTROL_RESET)
		core_link_reset(core, link);
	if (value & SVNIC_CONTROL_ENABLE)
		admin_enable(core, link);
}

void core_reg_write(struct core *core, unsigned int link, uint32_t reg,
		    uint32_t value)
{
	struct admin_queue *a;

	if (link >= core->config.nr_links)
		return;
	a = &arena_link(core, link)->admin;
	switch (reg) {
	case SVNIC_REG_CONTROL:
		write_control(core, link, value);
		break;
	case SVNIC_REG_SQ_TAIL:
		if (a->status & SVNIC_STATUS_READY)
			a->tail = value;
		break;
	case SVNIC_REG_SQ_LO:
	case SVNIC_REG_SQ_HI:
		/* An address that is in use does not change. */
		if (!a->status)
			set_half(&a->sq, reg == SVNIC_REG_SQ_HI, value);
		break;
	case SVNIC_REG_CQ_LO:
	case SVNIC_REG_CQ_HI:
		if (!a->status)
			set_half(&a->cq, reg == SVNIC_REG_CQ_HI, value);
		break;
	default:
		break;
	}
}
