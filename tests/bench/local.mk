# SPDX-License-Identifier: GPL-2.0-only
# Benchmarks: built by make check, run by hand and by quickstart bench.
check_PROGRAMS += bench-core
bench_core_CPPFLAGS = $(AM_CPPFLAGS) $(FIRMWARE_INCLUDES)
bench_core_SOURCES = tests/bench/bench_card.c tests/bench/bench_card.h \
	tests/bench/bench_core.c tests/bench/bench_fair.c \
	tests/bench/bench_fair.h tests/bench/bench_sums.c \
	tests/bench/bench_sums.h tests/bench/bench_workers.c \
	tests/bench/bench_workers.h tests/bench/clock.h \
	tests/bench/counter.c tests/bench/counter.h
bench_core_LDADD = libsvnic_sim.a libsvnic_core.a -lpthread
dist_noinst_SCRIPTS += tests/bench/instructions
# Generator and sink; its other half, port_dpdk.c, is built by the runner.
check_PROGRAMS += pump-svnic pump-copy density fair
pump_svnic_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/frontend/libsvnic
pump_svnic_SOURCES = tests/bench/pump.c tests/bench/port_svnic.c \
	tests/bench/port.h tests/bench/frame.h tests/bench/clock.h
pump_svnic_LDADD = frontend/libsvnic/libsvnic.a
EXTRA_DIST += tests/bench/port_dpdk.c
pump_copy_CPPFLAGS = $(AM_CPPFLAGS)
pump_copy_SOURCES = tests/bench/pump.c tests/bench/port_copy.c \
	tests/bench/port.h tests/bench/frame.h tests/bench/clock.h
pump_copy_LDADD = -lpthread
EXTRA_DIST += tests/bench/run tests/bench/lib tests/bench/packages
density_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/frontend/libsvnic
density_SOURCES = tests/bench/density.c
density_LDADD = frontend/libsvnic/libsvnic.a -lpthread
fair_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/frontend/libsvnic
fair_SOURCES = tests/bench/fair.c tests/bench/frame.h tests/bench/clock.h
fair_LDADD = frontend/libsvnic/libsvnic.a
