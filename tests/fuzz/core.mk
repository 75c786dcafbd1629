# SPDX-License-Identifier: GPL-2.0-only
# The firmware core under fuzzing, one target for each parser of what a host, a
# guest or the wire says; without a fuzzer they replay their corpora.

CORE_FUZZ_CPPFLAGS = $(AM_CPPFLAGS) $(FIRMWARE_INCLUDES)
CORE_FUZZ_LDADD = libsvnic_sim.a libsvnic_core.a
CORE_FUZZ_CARD = tests/fuzz/core_card.c tests/fuzz/core_card.h \
	tests/fuzz/fuzz.h
CORE_FUZZ = tests/fuzz/fuzz_admin tests/fuzz/fuzz_demux \
	tests/fuzz/fuzz_event tests/fuzz/fuzz_sched tests/fuzz/fuzz_segment \
	tests/fuzz/fuzz_switch tests/fuzz/fuzz_table tests/fuzz/fuzz_tx

check_PROGRAMS += $(CORE_FUZZ)

tests_fuzz_fuzz_admin_CPPFLAGS = $(CORE_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_admin_SOURCES = tests/fuzz/fuzz_admin.c $(CORE_FUZZ_CARD)
tests_fuzz_fuzz_admin_LDADD = $(CORE_FUZZ_LDADD)

tests_fuzz_fuzz_demux_CPPFLAGS = $(CORE_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_demux_SOURCES = tests/fuzz/fuzz_demux.c $(CORE_FUZZ_CARD)
tests_fuzz_fuzz_demux_LDADD = $(CORE_FUZZ_LDADD)

tests_fuzz_fuzz_event_CPPFLAGS = $(CORE_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_event_SOURCES = tests/fuzz/fuzz_event.c $(CORE_FUZZ_CARD)
tests_fuzz_fuzz_event_LDADD = $(CORE_FUZZ_LDADD)

tests_fuzz_fuzz_table_CPPFLAGS = $(CORE_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_table_SOURCES = tests/fuzz/fuzz_table.c $(CORE_FUZZ_CARD)
tests_fuzz_fuzz_table_LDADD = $(CORE_FUZZ_LDADD)

tests_fuzz_fuzz_sched_CPPFLAGS = $(CORE_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_sched_SOURCES = tests/fuzz/fuzz_sched.c $(CORE_FUZZ_CARD) \
	tests/fuzz/sched_card.c tests/fuzz/sched_card.h
tests_fuzz_fuzz_sched_LDADD = $(CORE_FUZZ_LDADD)

tests_fuzz_fuzz_segment_CPPFLAGS = $(CORE_FUZZ_CPPFLAGS) \
	-iquote $(top_srcdir)/tests/unit
tests_fuzz_fuzz_segment_SOURCES = tests/fuzz/fuzz_segment.c $(CORE_FUZZ_CARD) \
	tests/unit/segment_check.c tests/unit/segment_check.h
tests_fuzz_fuzz_segment_LDADD = $(CORE_FUZZ_LDADD)

tests_fuzz_fuzz_switch_CPPFLAGS = $(CORE_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_switch_SOURCES = tests/fuzz/fuzz_switch.c $(CORE_FUZZ_CARD) \
	tests/fuzz/model.c tests/fuzz/model.h tests/fuzz/model_look.c \
	tests/fuzz/model_send.c tests/fuzz/switch_card.c \
	tests/fuzz/switch_card.h tests/fuzz/switch_flush.c
tests_fuzz_fuzz_switch_LDADD = $(CORE_FUZZ_LDADD)

tests_fuzz_fuzz_tx_CPPFLAGS = $(CORE_FUZZ_CPPFLAGS)
tests_fuzz_fuzz_tx_SOURCES = tests/fuzz/fuzz_tx.c $(CORE_FUZZ_CARD)
tests_fuzz_fuzz_tx_LDADD = $(CORE_FUZZ_LDADD)

if ENABLE_FUZZER
tests_fuzz_fuzz_admin_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_demux_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_event_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_table_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_sched_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_segment_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_switch_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_tx_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
else
tests_fuzz_fuzz_admin_SOURCES += tests/fuzz/replay.c
tests_fuzz_fuzz_demux_SOURCES += tests/fuzz/replay.c
tests_fuzz_fuzz_event_SOURCES += tests/fuzz/replay.c
tests_fuzz_fuzz_table_SOURCES += tests/fuzz/replay.c
tests_fuzz_fuzz_sched_SOURCES += tests/fuzz/replay.c
tests_fuzz_fuzz_segment_SOURCES += tests/fuzz/replay.c
tests_fuzz_fuzz_switch_SOURCES += tests/fuzz/replay.c
tests_fuzz_fuzz_tx_SOURCES += tests/fuzz/replay.c
TESTS += $(CORE_FUZZ)
endif

EXTRA_DIST += tests/fuzz/corpus/admin tests/fuzz/corpus/demux \
	tests/fuzz/corpus/event tests/fuzz/corpus/sched tests/fuzz/corpus/segment \
	tests/fuzz/corpus/switch tests/fuzz/corpus/table tests/fuzz/corpus/tx
