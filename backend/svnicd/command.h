/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands of the control socket (docs/control.md): one table, generated
 * from SVNIC_CONTROL_COMMANDS, so that none can be forgotten.
 */
#ifndef SVNICD_COMMAND_H
#define SVNICD_COMMAND_H

#include <jansson.h>

struct bufferevent;
struct capture;
struct daemon;

/*
 * The answer to @request, whatever that is.  The command capture starts one
 * for @client and hands it out by *@capture.
 */
json_t *command_run(struct daemon *d, json_t *request,
		    struct bufferevent *client, struct capture **capture);
/* An error in the protocol's form; @hint may be NULL. */
json_t *command_error(const char *code, const char *message, const char *hint);

#endif /* SVNICD_COMMAND_H */
