# SPDX-License-Identifier: GPL-2.0-only
# A queue pair from user space, and a guest that makes a TAP interface of it.

noinst_LIBRARIES += frontend/libsvnic/libsvnic.a frontend/libsvnic/libguest.a
sbin_PROGRAMS += svnic-guest

frontend_libsvnic_libsvnic_a_SOURCES = \
	frontend/libsvnic/attach.c \
	frontend/libsvnic/queue.c \
	frontend/libsvnic/libsvnic.h \
	frontend/libsvnic/private.h

frontend_libsvnic_libguest_a_SOURCES = \
	frontend/libsvnic/guest.c \
	frontend/libsvnic/guest.h \
	frontend/libsvnic/tap.c \
	frontend/libsvnic/tap.h

svnic_guest_SOURCES = frontend/libsvnic/main.c
svnic_guest_LDADD = \
	frontend/libsvnic/libguest.a frontend/libsvnic/libsvnic.a

dist_man_MANS += man/svnic-guest.8
