/* SPDX-License-Identifier: GPL-2.0-only */
/* svnic_pf, by its file. */
#ifndef SVNICD_XEN_PF_H
#define SVNICD_XEN_PF_H

#include <stdbool.h>
#include <stdint.h>

#include <svnic/pf.h>

#include "../platform.h"

/* Functions of struct platform_ops, see there. */
int pf_start(struct platform *p);
void pf_stop(struct platform *p);
int pf_card_info(struct platform *p, struct platform_card *info);
int pf_port_query(struct platform *p, unsigned int port,
		  struct svnic_port_info *info);
int pf_vif_list(struct platform *p, struct platform_vif *list,
		unsigned int max);
int pf_vif_create(struct platform *p, const struct svnic_vif_config *config,
		  uint64_t cookie, unsigned int *nr);
int pf_vif_destroy(struct platform *p, unsigned int nr);
int pf_vif_set(struct platform *p, unsigned int nr,
	       const struct svnic_vif_config *config);
int pf_vif_query(struct platform *p, unsigned int nr,
		 struct svnic_vif_info *info);
int pf_pages_add(struct platform *p, unsigned int nr, struct tenant *tenant,
		 uint32_t first, const struct svnic_gref_entry *entries,
		 uint32_t count, uint32_t *failed);
int pf_pages_del(struct platform *p, unsigned int nr, uint32_t first,
		 uint32_t count);
int pf_queue_start(struct platform *p, unsigned int nr, unsigned int queue,
		   struct tenant *tenant, uint32_t port,
		   const struct svnic_queue_config *config);
int pf_queue_stop(struct platform *p, unsigned int nr, unsigned int queue);
int pf_source_set(struct platform *p, unsigned int nr,
		  const struct svnic_source *list);
int pf_groups_set(struct platform *p, unsigned int nr,
		  const struct svnic_groups *list);
int pf_rss_set(struct platform *p, unsigned int nr,
	       const struct svnic_rss *rss);
int pf_pages_alloc(struct platform *p, unsigned int nr, uint32_t first,
		   uint32_t count, void **mem);
int pf_pages_map(struct platform *p, unsigned int nr, uint32_t first,
		 uint32_t count, void **mem);
void pf_pages_free(struct platform *p, unsigned int nr, uint32_t first,
		   uint32_t count, void *mem);
int pf_doorbell_map(struct platform *p, unsigned int nr,
		    struct svnic_doorbell **doorbell);
void pf_doorbell_unmap(struct platform *p, struct svnic_doorbell *doorbell);

#define PF_EVENTS 64u /* taken at once */

/* What the driver says has happened, to whom it concerns. */
void pf_hand_on(struct platform *p, const struct svnic_event *e,
		unsigned int nr);

/* An ioctl's result in the terms of platform.h; @status: its field, or NULL. */
int pf_call(struct platform *p, unsigned long request, void *arg,
	    const uint32_t *status);

#endif /* SVNICD_XEN_PF_H */
