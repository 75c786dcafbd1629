/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log lines and their limits.  One write per line, so that lines of several
 * processes on one terminal do not mix.  Never allocates.
 */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOG_LINE  1024
#define LOG_BURST 10

static const struct {
	const char *word;
	const char *journal;
} levels[] = {
	[LOG_LEVEL_ERR] = { "error", "<3>" },
	[LOG_LEVEL_WARN] = { "warning", "<4>" },
	[LOG_LEVEL_INFO] = { "info", "<6>" },
	[LOG_LEVEL_DEBUG] = { "debug", "<7>" },
};

static enum log_level log_max = LOG_LEVEL_INFO;
static bool log_journal;

void log_init(enum log_level level)
{
	log_max = level;
	log_journal = getenv("JOURNAL_STREAM") != NULL;
}

void log_set_level(enum log_level level)
{
	log_max = level;
}

int log_level_parse(const char *word, enum log_level *level)
{
	unsigned int i;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(word, levels[i].word) == 0) {
			*level = (enum log_level)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* What a peer wrote may be quoted in a line: keep it to one line of text. */
static void log_clean(char *line)
{
	for (; *line; line++)
		if ((unsigned char)*line < ' ' || *line == 0x7f)
			*line = '?';
}

static void log_line(enum log_level level, const char *subsystem, int err,
		     const char *fmt, va_list ap)
{
	char text[LOG_LINE];

	if (level > log_max)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	log_clean(text);
	fprintf(stderr, "%s%s: %s%s%s\n",
		log_journal ? levels[level].journal : "", subsystem, text,
		err ? ": " : "", err ? strerror(err) : "");
}

void log_err(const char *subsystem, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_ERR, subsystem, 0, fmt, ap);
	va_end(ap);
}

void log_warn(const char *subsystem, const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_WARN, subsystem, err, fmt, ap);
	va_end(ap);
	errno = err;
}

void log_warnx(const char *subsystem, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_WARN, subsystem, 0, fmt, ap);
	va_end(ap);
}

void log_info(const char *subsystem, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_INFO, subsystem, 0, fmt, ap);
	va_end(ap);
}

void log_debug(const char *subsystem, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_LEVEL_DEBUG, subsystem, 0, fmt, ap);
	va_end(ap);
}

static uint64_t log_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

bool log_allowed(struct log_limit *limit, const char *subsystem)
{
	uint64_t now = log_now();
	uint64_t earned = (now - limit->last_ns) / 1000000000u;

	if (earned) {
		limit->used = earned < limit->used
				      ? limit->used - (unsigned int)earned
				      : 0;
		limit->last_ns = now;
	}
	if (limit->used >= LOG_BURST) {
		limit->dropped++;
		return false;
	}
	limit->used++;
	if (limit->dropped)
		log_warnx(subsystem, "%u lines like the next were left out",
			  limit->dropped);
	limit->dropped = 0;
	return true;
}
