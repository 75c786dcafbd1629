/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the card must do with VIFs and frames, said as plainly as possible: a
 * list of VIFs that is searched from its beginning for everything.  It shares
 * no code with the core; model_look.c has what follows from a frame alone.
 */
#ifndef TESTS_FUZZ_MODEL_H
#define TESTS_FUZZ_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <svnic/abi.h>
#include <svnic/order.h>

#define MODEL_LINKS   2u
#define MODEL_NUMBERS 4u /* VIF numbers of a link */
#define MODEL_VIFS    (MODEL_LINKS * MODEL_NUMBERS)
#define MODEL_MAX     6u /* VIFs that the card has room for */
#define MODEL_QUEUES  4u /* the last is the backend's */
#define MODEL_RING    64u
#define MODEL_FILTERS 4u
#define MODEL_COPIES  512u
#define MODEL_WIRE    MODEL_VIFS /* in place of a VIF */
#define MODEL_HEADER  128u

/* A frame as somebody sends it. */
struct model_frame {
	const uint8_t *octet;
	uint32_t len;
	struct svnic_meta meta;
};

/* The same without its tag, as the card looks at it. */
struct model_look {
	uint8_t head[MODEL_HEADER];
	uint32_t head_len;
	uint32_t len;
	bool is_cut; /* four octets of it were a tag */
	bool has_vlan;
	uint16_t tci;
	struct svnic_meta meta;
};

struct model_bucket {
	int64_t credit; /* billionths */
	uint64_t at_ns;
};

struct model_queue {
	bool is_started;
	unsigned int first;
	unsigned int nr;
	uint16_t len[MODEL_RING]; /* of buffers, oldest at first */
};

struct model_vif {
	bool is_used;
	struct svnic_vif_config config;
	uint8_t filter[MODEL_FILTERS][6];
	unsigned int nr_filters;
	struct model_queue queue[MODEL_QUEUES];
	uint8_t order[MODEL_QUEUES]; /* running ones of the guest */
	unsigned int nr_running;
	bool has_rss;
	struct svnic_rss rss;
	bool has_groups; /* else all */
	struct svnic_groups groups;
	struct svnic_source source; /* nr 0: no check */
	struct model_bucket storm;
	struct model_bucket rx;
	struct svnic_vif_stats stats;
};

/* A copy of a frame that somebody gets. */
struct model_copy {
	uint8_t to; /* VIF or MODEL_WIRE */
	uint8_t queue;
	bool is_cut;
	bool is_taken;	    /* by who compares */
	unsigned int frame; /* as given to model_send() */
	uint32_t len;
	struct svnic_meta meta;
};

struct model {
	struct model_vif vif[MODEL_VIFS];
	uint64_t now_ns;
	enum svnic_verdict wire; /* what the wire does with frames */
	bool is_short;		 /* somebody had no buffer, or the wire none */
	struct svnic_port_info port;
	unsigned int nr_copies;
	struct model_copy copy[MODEL_COPIES];
};

static inline uint32_t model_flags(const struct model_vif *v)
{
	return svnic_cpu32(v->config.flags);
}

static inline bool model_is_monitor(const struct model_vif *v)
{
	return v->is_used && (model_flags(v) & SVNIC_VIF_MONITOR);
}

static inline bool model_is_trunk(const struct model_vif *v)
{
	return model_flags(v) & SVNIC_VIF_TRUNK;
}

/* Commands: the status that the card must answer. */
unsigned int model_create(struct model *m, unsigned int vif,
			  const struct svnic_vif_config *config);
unsigned int model_set(struct model *m, unsigned int vif,
		       const struct svnic_vif_config *config);
unsigned int model_destroy(struct model *m, unsigned int vif);
unsigned int model_filter_add(struct model *m, unsigned int vif,
			      const uint8_t *mac);
unsigned int model_filter_del(struct model *m, unsigned int vif,
			      const uint8_t *mac);
void model_start(struct model *m, unsigned int vif, unsigned int queue);
void model_stop(struct model *m, unsigned int vif, unsigned int queue);
void model_provide(struct model *m, unsigned int vif, unsigned int queue,
		   uint16_t len);
/* The card's process was started anew on the same memory. */
void model_restart(struct model *m);

/* Does the VIF have the address? */
bool model_owns(const struct model_vif *v, const uint8_t *mac);
/* Is @v a monitor that sees the VIF? */
bool model_sees(const struct model *m, const struct model_vif *v,
		unsigned int vif);

/* model_send.c: a VIF, or MODEL_WIRE, sends @f; @frame is noted with its copies. */
void model_send(struct model *m, unsigned int from, const struct model_frame *f,
		unsigned int frame);

/* model_look.c: what the sender @c may not do, or SVNIC_V_DELIVERED. */
enum svnic_verdict model_guard(const struct model_vif *v,
			       const struct model_frame *f,
			       struct model_look *l);
/* What is wrong with a frame of the wire. */
enum svnic_verdict model_accept(const struct model_frame *f,
				struct model_look *l);
bool model_is_oversize(const struct model_look *l, unsigned int mtu);
/* The Toeplitz hash; @is_l4: over ports as well. */
uint32_t model_hash(const struct model_vif *v, const struct model_look *l,
		    bool *is_l4);

#endif /* TESTS_FUZZ_MODEL_H */
