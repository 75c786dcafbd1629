# SPDX-License-Identifier: GPL-2.0-only
# The firmware core on a simulated card.

CORE_TESTS = tests/unit/test_admin \
	tests/unit/test_arena \
	tests/unit/test_demux \
	tests/unit/test_event \
	tests/unit/test_fair \
	tests/unit/test_group \
	tests/unit/test_guard \
	tests/unit/test_halt \
	tests/unit/test_interplay \
	tests/unit/test_queue \
	tests/unit/test_regs \
	tests/unit/test_rss \
	tests/unit/test_sched \
	tests/unit/test_segment \
	tests/unit/test_source \
	tests/unit/test_source_list \
	tests/unit/test_switch \
	tests/unit/test_takeover \
	tests/unit/test_takeover_kill \
	tests/unit/test_lifecycle \
	tests/unit/test_headers \
	tests/unit/test_verdict \
	tests/unit/test_vlan \
	tests/unit/test_worker
check_PROGRAMS += $(CORE_TESTS)
TESTS += $(CORE_TESTS)

CORE_TEST_CPPFLAGS = $(AM_CPPFLAGS) $(FIRMWARE_INCLUDES) $(CMOCKA_CFLAGS)
CORE_TEST_LDADD = libsvnic_sim.a libsvnic_core.a $(CMOCKA_LIBS)
CORE_FIXTURE = tests/unit/core_fixture.c tests/unit/core_fixture.h

tests_unit_test_admin_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_admin_SOURCES = tests/unit/test_admin.c $(CORE_FIXTURE)
tests_unit_test_admin_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_arena_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_arena_SOURCES = tests/unit/test_arena.c $(CORE_FIXTURE)
tests_unit_test_arena_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_demux_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_demux_SOURCES = tests/unit/test_demux.c $(CORE_FIXTURE)
tests_unit_test_demux_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_event_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_event_SOURCES = tests/unit/test_event.c $(CORE_FIXTURE)
tests_unit_test_event_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_fair_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_fair_SOURCES = tests/unit/test_fair.c $(CORE_FIXTURE)
tests_unit_test_fair_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_group_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_group_SOURCES = tests/unit/test_group.c $(CORE_FIXTURE)
tests_unit_test_group_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_guard_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_guard_SOURCES = tests/unit/test_guard.c $(CORE_FIXTURE)
tests_unit_test_guard_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_halt_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_halt_SOURCES = tests/unit/test_halt.c $(CORE_FIXTURE)
tests_unit_test_halt_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_interplay_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_interplay_SOURCES = tests/unit/test_interplay.c $(CORE_FIXTURE)
tests_unit_test_interplay_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_queue_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_queue_SOURCES = tests/unit/test_queue.c $(CORE_FIXTURE)
tests_unit_test_queue_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_regs_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_regs_SOURCES = tests/unit/test_regs.c $(CORE_FIXTURE)
tests_unit_test_regs_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_rss_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_rss_SOURCES = tests/unit/test_rss.c $(CORE_FIXTURE)
tests_unit_test_rss_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_sched_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_sched_SOURCES = tests/unit/test_sched.c $(CORE_FIXTURE)
tests_unit_test_sched_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_segment_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_segment_SOURCES = tests/unit/test_segment.c \
	tests/unit/segment_check.c tests/unit/segment_check.h $(CORE_FIXTURE)
tests_unit_test_segment_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_source_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_source_SOURCES = tests/unit/test_source.c \
	tests/unit/claim.c tests/unit/claim.h $(CORE_FIXTURE)
tests_unit_test_source_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_source_list_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_source_list_SOURCES = tests/unit/test_source_list.c \
	tests/unit/claim.c tests/unit/claim.h $(CORE_FIXTURE)
tests_unit_test_source_list_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_switch_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_switch_SOURCES = tests/unit/test_switch.c $(CORE_FIXTURE)
tests_unit_test_switch_LDADD = $(CORE_TEST_LDADD)

TAKEOVER_WORLD = tests/unit/arena_check.c tests/unit/arena_check.h \
	tests/unit/takeover_lists.c \
	tests/unit/takeover_scenes.c tests/unit/takeover_scenes.h \
	tests/unit/takeover_world.c tests/unit/takeover_world.h

tests_unit_test_takeover_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_takeover_SOURCES = tests/unit/test_takeover.c \
	$(TAKEOVER_WORLD) $(CORE_FIXTURE)
tests_unit_test_takeover_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_takeover_kill_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_takeover_kill_SOURCES = tests/unit/test_takeover_kill.c \
	$(TAKEOVER_WORLD) $(CORE_FIXTURE)
tests_unit_test_takeover_kill_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_lifecycle_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_lifecycle_SOURCES = tests/unit/test_lifecycle.c $(CORE_FIXTURE)
tests_unit_test_lifecycle_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_headers_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_headers_SOURCES = tests/unit/test_headers.c $(CORE_FIXTURE)
tests_unit_test_headers_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_verdict_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_verdict_SOURCES = tests/unit/test_verdict.c $(CORE_FIXTURE)
tests_unit_test_verdict_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_vlan_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_vlan_SOURCES = tests/unit/test_vlan.c $(CORE_FIXTURE)
tests_unit_test_vlan_LDADD = $(CORE_TEST_LDADD)

tests_unit_test_worker_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_worker_SOURCES = tests/unit/test_worker.c $(CORE_FIXTURE)
tests_unit_test_worker_LDADD = $(CORE_TEST_LDADD)

# Most of them once more, with several workers.
dist_noinst_SCRIPTS += tests/unit/workers
TESTS += tests/unit/workers
