// SPDX-License-Identifier: GPL-2.0-only
/* What the daemon asks of the card about VIFs, as admin commands. */
#include <errno.h>
#include <string.h>
#include <svnic/order.h>
#include "local.h"

int local_command(struct platform *p, unsigned int opcode, unsigned int nr,
		  unsigned int queue)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)opcode),
		.vif = svnic_le16((uint16_t)nr),
		.queue = svnic_le16((uint16_t)queue),
	};

	return card_admin(&p->card, &cmd, NULL, 0, true, NULL);
}

int local_port_query(struct platform *p, unsigned int port,
		     struct svnic_port_info *info)
{
	struct svnic_admin_cmd cmd = { .opcode = SVNIC_OP_PORT_QUERY,
				       .queue = svnic_le16((uint16_t)port) };

	return card_admin(&p->card, &cmd, info, sizeof(*info), false, NULL);
}

/* The card was reset when it came, so that all it has was created by us. */
int local_vif_list(struct platform *p, struct platform_vif *list,
		   unsigned int max)
{
	unsigned int nr;
	int n = 0;

	if (!card_is_open(&p->card))
		return -ENODEV;
	for (nr = 0; nr < SVNIC_MAX_VIFS; nr++) {
		if (!p->cookies[nr])
			continue;
		if ((unsigned int)n < max)
			list[n] = (struct platform_vif) {
				.nr = nr, .cookie = p->cookies[nr]
			};
		n++;
	}
	return n;
}

int local_vif_create(struct platform *p, const struct svnic_vif_config *config,
		     uint64_t cookie, unsigned int *nr)
{
	struct svnic_admin_cmd cmd = { .opcode = SVNIC_OP_VIF_CREATE,
				       .vif = svnic_le16(SVNIC_VIF_NONE) };
	uint32_t result;
	int rc;

	cmd.arg.vif_config = *config;
	rc = card_admin(&p->card, &cmd, NULL, 0, true, &result);
	if (rc)
		return rc;
	if (result >= SVNIC_MAX_VIFS)
		return -EPROTO;
	p->cookies[result] = cookie;
	*nr = result;
	return 0;
}

int local_vif_destroy(struct platform *p, unsigned int nr)
{
	int rc = local_command(p, SVNIC_OP_VIF_DESTROY, nr, 0);

	if (rc == 0 && nr < SVNIC_MAX_VIFS)
		p->cookies[nr] = 0;
	return rc;
}

int local_vif_set(struct platform *p, unsigned int nr,
		  const struct svnic_vif_config *config)
{
	struct svnic_admin_cmd cmd = { .opcode = SVNIC_OP_VIF_SET,
				       .vif = svnic_le16((uint16_t)nr) };

	cmd.arg.vif_config = *config;
	return card_admin(&p->card, &cmd, NULL, 0, true, NULL);
}

int local_vif_query(struct platform *p, unsigned int nr,
		    struct svnic_vif_info *info)
{
	struct svnic_admin_cmd cmd = { .opcode = SVNIC_OP_VIF_QUERY,
				       .vif = svnic_le16((uint16_t)nr) };

	return card_admin(&p->card, &cmd, info, sizeof(*info), false, NULL);
}

static int set(struct platform *p, unsigned int opcode, unsigned int nr,
	       void *payload, size_t len)
{
	struct svnic_admin_cmd cmd = {
		.opcode = svnic_le16((uint16_t)opcode),
		.vif = svnic_le16((uint16_t)nr),
	};

	return card_admin(&p->card, &cmd, payload, (uint32_t)len, true, NULL);
}

int local_rss_set(struct platform *p, unsigned int nr,
		  const struct svnic_rss *rss)
{
	struct svnic_rss copy = *rss;

	return set(p, SVNIC_OP_RSS_SET, nr, &copy, sizeof(copy));
}

int local_source_set(struct platform *p, unsigned int nr,
		     const struct svnic_source *list)
{
	struct svnic_source copy = *list;

	return set(p, SVNIC_OP_SOURCE_SET, nr, &copy, sizeof(copy));
}

int local_groups_set(struct platform *p, unsigned int nr,
		     const struct svnic_groups *list)
{
	struct svnic_groups copy = *list;

	return set(p, SVNIC_OP_GROUPS_SET, nr, &copy, sizeof(copy));
}

/* A tenant is woken by its own descriptor, the daemon by the event ring. */
int local_queue_start(struct platform *p, unsigned int nr, unsigned int queue,
		      struct tenant *t, uint32_t port,
		      const struct svnic_queue_config *config)
{
	struct svnic_admin_cmd cmd = {
		.opcode = SVNIC_OP_QUEUE_START,
		.vif = svnic_le16((uint16_t)nr),
		.queue = svnic_le16((uint16_t)queue),
	};
	int rc;

	(void)port;
	cmd.arg.queue_config = *config;
	cmd.arg.queue_config.notify = svnic_le32(t ? nr + 1 : 0);
	rc = card_admin(&p->card, &cmd, NULL, 0, true, NULL);
	if (rc == 0 && t)
		t->queues |= 1u << queue;
	return rc;
}

int local_queue_stop(struct platform *p, unsigned int nr, unsigned int queue)
{
	struct tenant *t;

	TAILQ_FOREACH(t, &p->tenants, link)
	{
		if (t->offered && t->offer.nr == nr)
			t->queues &= ~(1u << queue);
	}
	return local_command(p, SVNIC_OP_QUEUE_STOP, nr, queue);
}
