/* SPDX-License-Identifier: GPL-2.0-only */
/* One frontend and its backend directory; most are of struct platform_ops. */
#ifndef SVNICD_XEN_GUEST_H
#define SVNICD_XEN_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../platform.h"

/* store_read() of one of its two directories; what is known then is noted. */
char *guest_get(struct tenant *t, const char *dir, const char *key);
struct tenant *guest_create(struct platform *p, uint32_t domid, uint32_t devid);
void guest_free(struct tenant *t);
/* Be told when its frontend's state changes; the first time at once. */
void guest_watch(struct tenant *t);
/* Read its nodes and tell the daemon what they say. */
void guest_look(struct tenant *t);
int guest_offer(struct platform *p, struct tenant *t,
		const struct platform_offer *offer);
void guest_withdraw(struct platform *p, struct tenant *t);
void guest_state(struct platform *p, struct tenant *t, enum peer_state state);
void guest_reason(struct platform *p, struct tenant *t, const char *reason);
void guest_key(struct platform *p, struct tenant *t, const char *key,
	       const char *value);
int guest_keys(struct platform *p, struct tenant *t,
	       const struct netif_key *keys, size_t count);
bool guest_sleeps(struct platform *p, struct tenant *t);
int guest_connect(struct platform *p, struct tenant *t, char *why);
void guest_disconnect(struct platform *p, struct tenant *t);
const char *guest_name(struct platform *p, struct tenant *t);
void guest_destroy(struct platform *p, struct tenant *t);
char *guest_read(struct platform *p, struct tenant *t, const char *key);

#endif /* SVNICD_XEN_GUEST_H */
