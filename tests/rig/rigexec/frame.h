/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames on a console.  It carries kernel messages too, so each frame is a line
 * of its own: SOH, type, id, space, base64, newline.
 */
#ifndef RIGEXEC_FRAME_H
#define RIGEXEC_FRAME_H

#include "buf.h"

/* The letters that stand for a frame's type. */
#define FRAME_HELLO 'H'
#define FRAME_RUN   'R' /* argv, each with its NUL */
#define FRAME_IN    'I'
#define FRAME_EOF   'F' /* of the input */
#define FRAME_OUT   'O'
#define FRAME_ERR   'E'
#define FRAME_EXIT  'X' /* the status in decimal */
#define FRAME_KILL  'K'
#define FRAME_LOG   'L' /* a kernel message */

typedef void (*frame_fn)(void *ctx, char type, unsigned int id, char *data,
			 size_t size);
typedef void (*text_fn)(const char *text, size_t size);

void frame_add(struct buf *b, char type, unsigned int id, const void *data,
	       size_t size);
/* Take whole lines out of @b: frames to @fn, all else to @text (if any). */
void frame_parse(struct buf *b, frame_fn fn, void *ctx, text_fn text);

#endif /* RIGEXEC_FRAME_H */
