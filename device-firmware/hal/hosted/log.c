/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to the operator.  The firmware core writes none; all lines come
 * from the hosted HAL.  A line is one write, so that lines of several cards
 * in one log file do not mix.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

#define LOG_LINE_MAX 512
#define LOG_PEER_MAX 10 /* lines a second */

static enum log_level log_level = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
	log_level = level;
}

bool log_parse_level(const char *name, enum log_level *level)
{
	static const char *const names[] = {
		[LOG_LEVEL_ERR] = "err",
		[LOG_LEVEL_WARN] = "warn",
		[LOG_LEVEL_INFO] = "info",
		[LOG_LEVEL_DEBUG] = "debug",
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(name, names[i]) == 0) {
			*level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

static void log_line(const char *fmt, va_list ap, int error)
{
	char line[LOG_LINE_MAX];
	size_t len;

	len = (size_t)snprintf(line, sizeof(line), "svnic-fw: ");
	vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap);
	if (error) {
		len = strlen(line);
		snprintf(line + len, sizeof(line) - len - 1, ": %s",
			 strerror(error));
	}
	len = strlen(line);
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return; /* Nobody is left to be told. */
}

void log_err(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(fmt, ap, 0);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	int error = errno;
	va_list ap;

	if (log_level < LOG_LEVEL_WARN)
		return;
	va_start(ap, fmt);
	log_line(fmt, ap, error);
	va_end(ap);
}

int log_lack(const char *what, int err)
{
	log_err("no %s: %s; allow svnic-fw more descriptors (ulimit -n, LimitNOFILE=) or memory",
		what, strerror(-err));
	return err;
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	if (log_level < LOG_LEVEL_INFO)
		return;
	va_start(ap, fmt);
	log_line(fmt, ap, 0);
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	if (log_level < LOG_LEVEL_DEBUG)
		return;
	va_start(ap, fmt);
	log_line(fmt, ap, 0);
	va_end(ap);
}

void log_peer(enum log_level level, const char *fmt, ...)
{
	static time_t second;
	static unsigned int lines;
	struct timespec now;
	va_list ap;

	if (log_level < level)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec != second) {
		if (lines > LOG_PEER_MAX)
			log_err("%u lines about peers left out",
				lines - LOG_PEER_MAX);
		second = now.tv_sec;
		lines = 0;
	}
	if (lines++ >= LOG_PEER_MAX)
		return;
	va_start(ap, fmt);
	log_line(fmt, ap, 0);
	va_end(ap);
}
