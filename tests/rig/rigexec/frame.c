// SPDX-License-Identifier: GPL-2.0-only
/* See frame.h. */
#define _GNU_SOURCE
#include "frame.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOH		1
#define LINE_MAX_OCTETS (1 << 20)

static const char b64[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void frame_add(struct buf *b, char type, unsigned int id, const void *data,
	       size_t size)
{
	const unsigned char *p = data;
	char head[24];
	size_t i;

	buf_add(b, head,
		(size_t)snprintf(head, sizeof(head), "%c%c%u ", SOH, type, id));
	for (i = 0; i < size; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16;
		char out[4];

		if (i + 1 < size)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < size)
			v |= p[i + 2];
		out[0] = b64[v >> 18];
		out[1] = b64[(v >> 12) & 63];
		out[2] = i + 1 < size ? b64[(v >> 6) & 63] : '=';
		out[3] = i + 2 < size ? b64[v & 63] : '=';
		buf_add(b, out, 4);
	}
	buf_add(b, "\n", 1);
}

/* Decodes in place; returns the size. */
static size_t b64_decode(char *s, size_t size)
{
	uint32_t v = 0;
	size_t out = 0, i;
	int bits = 0;

	for (i = 0; i < size; i++) {
		const char *at = s[i] ? strchr(b64, s[i]) : NULL;

		if (!at)
			continue;
		v = v << 6 | (uint32_t)(at - b64);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			s[out++] = (char)(v >> bits & 0xff);
		}
	}
	return out;
}

void frame_parse(struct buf *b, frame_fn fn, void *ctx, text_fn text)
{
	size_t start = 0;
	char *nl;

	while (b->size > start &&
	       (nl = memchr(b->data + start, '\n', b->size - start))) {
		char *line = b->data + start, *soh, *end;
		size_t len = (size_t)(nl - line);
		unsigned long id;

		*nl = 0;
		start += len + 1;
		soh = memrchr(line, SOH, len);
		if (text && (!soh || soh > line)) {
			size_t n = soh ? (size_t)(soh - line) : len;

			text(line, n);
			text("\n", 1);
		}
		if (!soh || soh + 2 > nl)
			continue;
		id = strtoul(soh + 2, &end, 10);
		if (*end != ' ')
			continue;
		end++;
		fn(ctx, soh[1], (unsigned int)id, end,
		   b64_decode(end, (size_t)(nl - end)));
	}
	buf_drop(b, start);
	if (b->size > LINE_MAX_OCTETS)
		b->size = 0;
}
