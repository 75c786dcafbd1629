/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A link's admin queue: commands of the host, in order.
 */
#ifndef CORE_ADMIN_H
#define CORE_ADMIN_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>

struct core;
struct vif;

/* Written by regs.c and admin.c. */
struct admin_queue {
	uint64_t sq; /* bus addresses */
	uint64_t cq;
	uint32_t tail;	 /* as the host wrote it */
	uint32_t head;	 /* commands carried out */
	uint32_t status; /* SVNIC_STATUS_* */
	uint32_t reserved;
};

/* One command that is being carried out. */
struct admin_call {
	unsigned int link;
	struct svnic_admin_cmd cmd; /* the card's own copy */
	struct vif *vif;	    /* that it is about; see admin_run() */
	uint32_t result;
};

/* The host wrote ENABLE: take the queue into use, or STATUS_FAULT. */
void admin_enable(struct core *core, unsigned int link);
/* Is a command there? */
bool admin_is_due(const struct core *core);
/* Carry out the commands of all links; how many. */
unsigned int admin_poll(struct core *core);
/*
 * Carry out one command: its status, and the call's vif and result.  For
 * admin_poll(), journal_finish() and tests.
 */
enum svnic_status admin_run(struct core *core, struct admin_call *call);

/* Copy a command's payload; false when it is not in the host's memory. */
bool admin_read(const struct admin_call *call, void *dst, uint32_t len);
bool admin_write(const struct admin_call *call, const void *src, uint32_t len);

/* admin_vif.c: the commands about one VIF; but for the first, it is there. */
enum svnic_status admin_vif_create(struct core *core, struct admin_call *call);
enum svnic_status admin_vif_destroy(struct core *core, struct admin_call *call);
enum svnic_status admin_vif_set(struct core *core, struct admin_call *call);
enum svnic_status admin_vif_query(struct core *core, struct admin_call *call);
enum svnic_status admin_pages_map(struct core *core, struct admin_call *call);
enum svnic_status admin_pages_unmap(struct core *core, struct admin_call *call);
enum svnic_status admin_queue_start(struct core *core, struct admin_call *call);
enum svnic_status admin_queue_stop(struct core *core, struct admin_call *call);
enum svnic_status admin_rss_set(struct core *core, struct admin_call *call);
enum svnic_status admin_source_set(struct core *core, struct admin_call *call);
enum svnic_status admin_groups_set(struct core *core, struct admin_call *call);
enum svnic_status admin_filter_add(struct core *core, struct admin_call *call);
enum svnic_status admin_filter_del(struct core *core, struct admin_call *call);

#endif /* CORE_ADMIN_H */
