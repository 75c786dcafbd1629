/* SPDX-License-Identifier: GPL-2.0-only */
/* A capture filter of the command line: words of pcap-filter(7). */
#ifndef ADMIN_FILTER_H
#define ADMIN_FILTER_H

#include <pcap/pcap.h>

struct admin;

/*
 * Compile the operands from @first on; no words match every frame.  0, or
 * ADMIN_USAGE after libpcap's message and the filter with a mark under the
 * word where it stops making sense.
 */
int filter_compile(const struct admin *a, unsigned int first, pcap_t *pcap,
		   struct bpf_program *program);

#endif /* ADMIN_FILTER_H */
