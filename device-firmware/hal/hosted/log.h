/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to the operator, one line each, on stderr.  What a line is about
 * comes first in it ("link 0: ").
 */
#ifndef HOSTED_LOG_H
#define HOSTED_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

/* Lines above @level are left out; LOG_LEVEL_INFO at first. */
void log_set_level(enum log_level level);

/* "err", "warn", "info" or "debug"; false when @name is none of them. */
bool log_parse_level(const char *name, enum log_level *level);

void log_err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Adds the text of errno. */
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What this machine does not give, why, and what would help; returns @err. */
int log_lack(const char *what, int err);
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* For what a peer can cause, at @level: at most ten lines a second, in all. */
void log_peer(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* HOSTED_LOG_H */
