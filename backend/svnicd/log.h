/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines for the administrator, on stderr.  Under systemd each has the prefix
 * of sd-daemon(3), else the level in words.  @subsystem says who speaks; a
 * line about a VIF begins with its name.
 */
#ifndef SVNICD_LOG_H
#define SVNICD_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level {
	LOG_LEVEL_ERR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* Lines above @level are not written. */
void log_init(enum log_level level);
void log_set_level(enum log_level level);
/* "error", "warning", "info" or "debug"; -EINVAL for another word. */
int log_level_parse(const char *word, enum log_level *level);

#define LOG_PRINTF __attribute__((format(printf, 2, 3)))

LOG_PRINTF void log_err(const char *subsystem, const char *fmt, ...);
/* Adds the text of errno. */
LOG_PRINTF void log_warn(const char *subsystem, const char *fmt, ...);
LOG_PRINTF void log_warnx(const char *subsystem, const char *fmt, ...);
LOG_PRINTF void log_info(const char *subsystem, const char *fmt, ...);
LOG_PRINTF void log_debug(const char *subsystem, const char *fmt, ...);

/* How much a peer may cause to be logged: ten lines, then one a second. */
struct log_limit {
	uint64_t last_ns;
	unsigned int used;
	unsigned int dropped;
};

/* May one more line be written?  Says how many were dropped before it. */
bool log_allowed(struct log_limit *limit, const char *subsystem);

#endif /* SVNICD_LOG_H */
