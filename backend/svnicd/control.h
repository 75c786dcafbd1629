/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control socket: connections, lines, time and space limits.  What a
 * command means is in command.c.
 */
#ifndef SVNICD_CONTROL_H
#define SVNICD_CONTROL_H

struct control;
struct daemon;

/*
 * Listen on the configured path, mode 0660; a stale socket is replaced, one
 * that is in use is not (-EADDRINUSE).  Errors are logged.
 */
int control_create(struct daemon *d, struct control **control);
void control_destroy(struct control *control);

#endif /* SVNICD_CONTROL_H */
