# SPDX-License-Identifier: GPL-2.0-only
# What `make check` runs.  Each part of the tree keeps its own list.

AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	CC='$(CC)'; export CC;

include $(top_srcdir)/tests/abi/local.mk
include $(top_srcdir)/tests/bench/local.mk
include $(top_srcdir)/tests/model/local.mk
include $(top_srcdir)/tests/style/local.mk
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_ring
TESTS += tests/unit/test_ring
tests_unit_test_ring_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_ring_LDADD = $(CMOCKA_LIBS) -lpthread
include $(top_srcdir)/tests/unit/core.mk
include $(top_srcdir)/tests/unit/hosted.mk
include $(top_srcdir)/tests/unit/netif.mk
include $(top_srcdir)/tests/unit/svnicd.mk
include $(top_srcdir)/tests/unit/frontend.mk
include $(top_srcdir)/tests/unit/admin.mk
endif
include $(top_srcdir)/tests/fuzz/core.mk
include $(top_srcdir)/tests/fuzz/hosted.mk
include $(top_srcdir)/tests/fuzz/netif.mk
include $(top_srcdir)/tests/integration/local.mk
include $(top_srcdir)/tests/soak/local.mk
include $(top_srcdir)/tests/rig/rude/local.mk

# The runner of `quickstart test`, and real Xen.
EXTRA_DIST += tests/run-all tests/packages
EXTRA_DIST += tests/rig/README.md tests/rig/bench-netif \
	tests/rig/bench-rig-scaling tests/rig/demo \
	tests/rig/dom0 tests/rig/gap.c tests/rig/guest tests/rig/hops \
	tests/rig/images tests/rig/lib tests/rig/packages tests/rig/payload \
	tests/rig/rig tests/rig/rigexec tests/rig/rudecard.c \
	tests/rig/scenarios tests/rig/selftest

# Boots Xen and takes ten minutes; `quickstart bench netif` builds all before.
bench-netif: all
	RIG_BUILD='$(abs_top_builddir)' \
		'$(abs_top_srcdir)/tests/rig/bench-netif' out
