# SPDX-License-Identifier: GPL-2.0-only
# Hostile guests and mutated inputs for as long as one likes: `make soak
# MINUTES=n`.  `make check` runs some seconds of it.

MINUTES = 10

soak:
	'$(abs_top_srcdir)/tests/soak/run' '$(abs_top_builddir)' \
		'$(abs_top_builddir)/out' '$(MINUTES)'

check_PROGRAMS += tests/soak/hostile tests/soak/neighbours tests/soak/threads
tests_soak_hostile_SOURCES = tests/soak/hostile.c
tests_soak_hostile_LDADD = frontend/libsvnic/libsvnic.a
tests_soak_neighbours_SOURCES = tests/soak/neighbours.c
tests_soak_neighbours_LDADD = frontend/libsvnic/libsvnic.a

tests_soak_threads_CPPFLAGS = $(AM_CPPFLAGS) $(FIRMWARE_INCLUDES)
tests_soak_threads_SOURCES = tests/soak/threads.c
tests_soak_threads_LDADD = libsvnic_sim.a libsvnic_core.a -lpthread

dist_noinst_SCRIPTS += tests/soak/run tests/soak/short.sh
TESTS += tests/soak/short.sh tests/soak/threads
