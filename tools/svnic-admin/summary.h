/* SPDX-License-Identifier: GPL-2.0-only */
/* What a frame is, in one line for people; the frame is hostile. */
#ifndef ADMIN_SUMMARY_H
#define ADMIN_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#define SUMMARY_SIZE 200

/* @len octets are there, the frame had @wire_len. */
void summary_print(const uint8_t *frame, size_t len, size_t wire_len,
		   char out[SUMMARY_SIZE]);

#endif /* ADMIN_SUMMARY_H */
