/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The error numbers that the core uses inside.  They never leave the card:
 * the admin queue speaks enum svnic_status, the data path enum svnic_verdict.
 */
#ifndef CORE_ERRNO_H
#define CORE_ERRNO_H

#define ENOENT	    2
#define EAGAIN	    11
#define EBUSY	    16
#define EEXIST	    17
#define EINVAL	    22
#define ENOSPC	    28
#define EPROTO	    71
#define EADDRINUSE  98
#define EINPROGRESS 115

#endif /* CORE_ERRNO_H */
