/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svnicd's control socket with a VIF behind it, and a client that asks.
 */
#ifndef TESTS_UNIT_CTL_FIXTURE_H
#define TESTS_UNIT_CTL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <jansson.h>

#include "control.h"
#include "fakes/svnicd_platform.h"

struct ctl_fixture {
	struct daemon d;
	struct platform p;
	struct tenant t;
	struct vif *vif; /* 3.0 */
	int fd;		 /* of the client */
	char folder[32];
	char in[1 << 18];
	size_t nr_in;
};

/* cmocka's setup and teardown. */
int ctl_begin(void **state);
int ctl_end(void **state);

/* Another client. */
int ctl_dial(const struct ctl_fixture *f);
void ctl_pump(struct ctl_fixture *f);
/* Octets until a line is there, or -1 when the connection ends first. */
int ctl_read_line(struct ctl_fixture *f, char **line);
/* The answer, which is the caller's. */
json_t *ctl_ask(struct ctl_fixture *f, const char *text);
/* The answer must be an error of that code. */
void ctl_check_error(struct ctl_fixture *f, const char *text, const char *code);
/* Of an answer: what it has as its result; of that: a text, or "(none)". */
json_t *ctl_result(json_t *answer);
const char *ctl_text_of(json_t *o, const char *key);

#endif /* TESTS_UNIT_CTL_FIXTURE_H */
