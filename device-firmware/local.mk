# SPDX-License-Identifier: GPL-2.0-only
# The firmware core, freestanding so that libc cannot leak in, and the
# simulated card that unit tests and fuzzers put under it.

FIRMWARE_INCLUDES = -iquote $(top_srcdir)/device-firmware/core \
	-iquote $(top_srcdir)/device-firmware/hal \
	-iquote $(top_srcdir)/device-firmware/hal/sim

noinst_LIBRARIES += libsvnic_core.a
libsvnic_core_a_CPPFLAGS = $(AM_CPPFLAGS) $(FIRMWARE_INCLUDES)
libsvnic_core_a_CFLAGS = $(AM_CFLAGS) -ffreestanding
libsvnic_core_a_SOURCES = \
	device-firmware/core/address.c \
	device-firmware/core/address.h \
	device-firmware/core/admin.c \
	device-firmware/core/admin.h \
	device-firmware/core/admin_vif.c \
	device-firmware/core/arena.c \
	device-firmware/core/arena.h \
	device-firmware/core/bell.c \
	device-firmware/core/bell.h \
	device-firmware/core/bucket.h \
	device-firmware/core/checksum.c \
	device-firmware/core/checksum.h \
	device-firmware/core/core.h \
	device-firmware/core/demux.c \
	device-firmware/core/demux.h \
	device-firmware/core/domain.c \
	device-firmware/core/domain.h \
	device-firmware/core/errno.h \
	device-firmware/core/event.c \
	device-firmware/core/event.h \
	device-firmware/core/frame.c \
	device-firmware/core/frame.h \
	device-firmware/core/guard.c \
	device-firmware/core/guard.h \
	device-firmware/core/gather.c \
	device-firmware/core/gather.h \
	device-firmware/core/group.c \
	device-firmware/core/group.h \
	device-firmware/core/journal.c \
	device-firmware/core/journal.h \
	device-firmware/core/lane.c \
	device-firmware/core/lane.h \
	device-firmware/core/link.c \
	device-firmware/core/link.h \
	device-firmware/core/list.c \
	device-firmware/core/list.h \
	device-firmware/core/mem.h \
	device-firmware/core/parcel.c \
	device-firmware/core/parcel.h \
	device-firmware/core/poll.c \
	device-firmware/core/pool.c \
	device-firmware/core/pool.h \
	device-firmware/core/queue.c \
	device-firmware/core/queue.h \
	device-firmware/core/region.c \
	device-firmware/core/region.h \
	device-firmware/core/region_inline.h \
	device-firmware/core/regs.c \
	device-firmware/core/rss.c \
	device-firmware/core/rss.h \
	device-firmware/core/sched.c \
	device-firmware/core/sched.h \
	device-firmware/core/segment.c \
	device-firmware/core/segment.h \
	device-firmware/core/share.c \
	device-firmware/core/share.h \
	device-firmware/core/source.c \
	device-firmware/core/source.h \
	device-firmware/core/stats.c \
	device-firmware/core/stats.h \
	device-firmware/core/switch.c \
	device-firmware/core/switch.h \
	device-firmware/core/vif.c \
	device-firmware/core/vif.h \
	device-firmware/core/vif_rebuild.c \
	device-firmware/core/vif_rx.c \
	device-firmware/core/vif_rx.h \
	device-firmware/core/vif_tx.c \
	device-firmware/core/vif_tx.h \
	device-firmware/core/wheel.c \
	device-firmware/core/wheel.h \
	device-firmware/core/wire.c \
	device-firmware/core/wire.h \
	device-firmware/core/worker.c \
	device-firmware/core/worker.h \
	device-firmware/hal/hal.h

check_LIBRARIES += libsvnic_sim.a
libsvnic_sim_a_CPPFLAGS = $(AM_CPPFLAGS) $(FIRMWARE_INCLUDES)
libsvnic_sim_a_SOURCES = \
	device-firmware/hal/sim/host.c \
	device-firmware/hal/sim/host.h \
	device-firmware/hal/sim/sim.c \
	device-firmware/hal/sim/sim.h

# The core builds without libc for every processor that we have a compiler for.
TESTS += tests/style/freestanding
EXTRA_DIST += tests/style/freestanding docs/ordering.md
