/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * svnicd's control socket, as svnic-admin speaks it: a UNIX stream socket, one
 * JSON object (RFC 8259) a line in each direction.
 *
 *   request   {"command": "show", "arguments": {"vif": "3.0"}}
 *   success   {"result": ...}
 *   failure   {"error": {"code": "not-found", "message": "...", "hint": "..."}}
 *
 * A command's result and arguments are listed in docs/control.md.  After the
 * answer to "capture" the connection carries records in one direction: struct
 * svnic_capture_record, then its octets, until either side closes.
 */
#ifndef SVNIC_CONTROL_H
#define SVNIC_CONTROL_H

#include <svnic/abi.h>

#define SVNIC_CONTROL_SOCKET "/run/svnic/svnicd.sock"
#define SVNIC_TENANT_DIR     "/run/svnic/vif" /* local platform: NAME.sock */
#define SVNIC_CONTROL_MAX    65536	      /* octets of one line */

/* X(name, argument names, text) */
#define SVNIC_CONTROL_COMMANDS(X)                                              \
	X(device, "", "the card, its link, ports and limits")                  \
	X(list, "", "all VIFs, one line each")                                 \
	X(show, "vif", "one VIF in full")                                      \
	X(stats, "vif", "the counters of a VIF")                               \
	X(create, "name network mac mtu rate rx_rate min_rate storm class ip", \
	  "a VIF on the local platform")                                       \
	X(destroy, "vif", "remove a VIF of the local platform")                \
	X(set, "vif rate rx_rate min_rate storm class ip mtu enabled path",    \
	  "change a VIF")                                                      \
	X(capture, "vif snaplen", "copies of the frames of a VIF")

/* Codes of an error, stable for scripts. */
#define SVNIC_CONTROL_ERRORS(X)                                    \
	X(bad_request, "bad-request")	/* not JSON, wrong type */ \
	X(bad_argument, "bad-argument") /* value out of range */   \
	X(not_found, "not-found")                                  \
	X(exists, "exists")                                        \
	X(no_space, "no-space")	     /* a limit, named */          \
	X(no_card, "no-card")	     /* missing or lost */         \
	X(not_here, "not-supported") /* not on this platform */    \
	X(internal, "internal")

/* Header of a captured frame. */
struct svnic_capture_record {
	__le32 len;	 /* octets that follow */
	__le32 wire_len; /* octets the frame had */
	__le64 time_ns;	 /* CLOCK_REALTIME */
	__le32 sent;	 /* 1: the VIF sent it, 0: it was for the VIF */
	__le32 lost;	 /* copies lost before this one */
};
SVNIC_ABI_SIZE(struct svnic_capture_record, 24);
SVNIC_ABI_AT(struct svnic_capture_record, len, 0);
SVNIC_ABI_AT(struct svnic_capture_record, wire_len, 4);
SVNIC_ABI_AT(struct svnic_capture_record, time_ns, 8);
SVNIC_ABI_AT(struct svnic_capture_record, sent, 16);
SVNIC_ABI_AT(struct svnic_capture_record, lost, 20);

#endif /* SVNIC_CONTROL_H */
