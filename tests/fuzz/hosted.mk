# SPDX-License-Identifier: GPL-2.0-only
# The vfio-user server under fuzzing; without a fuzzer it replays its corpus.

check_PROGRAMS += tests/fuzz/fuzz_vfio_user
tests_fuzz_fuzz_vfio_user_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tests_fuzz_fuzz_vfio_user_SOURCES = tests/fuzz/fuzz_vfio_user.c \
	tests/fuzz/fuzz.h \
	tests/fakes/hosted_core.c tests/fakes/hosted_core.h \
	tests/fakes/vfu_client.c tests/fakes/vfu_client.h
tests_fuzz_fuzz_vfio_user_LDADD = libsvnic_hosted.a $(JANSSON_LIBS) $(PCAP_LIBS)
if ENABLE_FUZZER
tests_fuzz_fuzz_vfio_user_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
else
tests_fuzz_fuzz_vfio_user_SOURCES += tests/fuzz/replay.c
TESTS += tests/fuzz/fuzz_vfio_user
endif

# Checksums and segments, where a frame leaves the card or svnicd.
check_PROGRAMS += tests/fuzz/fuzz_offload
tests_fuzz_fuzz_offload_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
tests_fuzz_fuzz_offload_SOURCES = tests/fuzz/fuzz_offload.c tests/fuzz/fuzz.h
tests_fuzz_fuzz_offload_LDADD = libsvnic_hosted.a libsvnicd.a
if ENABLE_FUZZER
tests_fuzz_fuzz_offload_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
else
tests_fuzz_fuzz_offload_SOURCES += tests/fuzz/replay.c
TESTS += tests/fuzz/fuzz_offload
endif

EXTRA_DIST += tests/fuzz/corpus/offload tests/fuzz/corpus/vfio_user \
	tests/fuzz/replay.c
