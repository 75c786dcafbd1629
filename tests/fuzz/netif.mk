# SPDX-License-Identifier: GPL-2.0-only
# svnicd's netif path under fuzzing; without a fuzzer it replays its corpus.

check_PROGRAMS += tests/fuzz/fuzz_netif_tx
tests_fuzz_fuzz_netif_tx_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(top_srcdir)/backend/svnicd -I$(top_srcdir)/tests \
	-idirafter $(top_srcdir)/device-firmware/core \
	-idirafter $(top_srcdir)/device-firmware/hal/sim \
	$(LIBEVENT_CFLAGS)
tests_fuzz_fuzz_netif_tx_SOURCES = tests/fuzz/fuzz_netif_tx.c \
	tests/fuzz/fuzz.h \
	tests/fakes/netif_world.c tests/fakes/netif_world.h \
	tests/fakes/netif_guest.c \
	tests/fakes/netif_platform.c tests/fakes/netif_platform.h
tests_fuzz_fuzz_netif_tx_LDADD = libsvnicd.a libsvnic_sim.a \
	libsvnic_core.a $(LIBEVENT_LIBS)
if ENABLE_FUZZER
tests_fuzz_fuzz_netif_tx_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
else
tests_fuzz_fuzz_netif_tx_SOURCES += tests/fuzz/replay.c
TESTS += tests/fuzz/fuzz_netif_tx
endif

EXTRA_DIST += tests/fuzz/corpus/netif_tx
