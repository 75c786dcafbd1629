# SPDX-License-Identifier: GPL-2.0-only
# Benchmarks: built by make check, run by hand and by quickstart bench.
check_PROGRAMS += bench-core
bench_core_CPPFLAGS = $(AM_CPPFLAGS) $(FIRMWARE_INCLUDES)
bench_core_SOURCES = tests/bench/bench_core.c tests/bench/counter.c \
	tests/bench/counter.h
bench_core_LDADD = libsvnic_sim.a libsvnic_core.a
dist_noinst_SCRIPTS += tests/bench/instructions
