# SPDX-License-Identifier: GPL-2.0-only
# svnicd above its platform, which is a fake.

SVNICD_TESTS = tests/unit/test_command \
	tests/unit/test_config tests/unit/test_control \
	tests/unit/test_addresses tests/unit/test_ctrl \
	tests/unit/test_keeper tests/unit/test_names tests/unit/test_policy \
	tests/unit/test_text tests/unit/test_vfu \
	tests/unit/test_vif_card tests/unit/test_vif_change \
	tests/unit/test_vif_restart tests/unit/test_vif_table \
	tests/unit/test_vif_walk
check_PROGRAMS += $(SVNICD_TESTS)
TESTS += $(SVNICD_TESTS)

SVNICD_TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/backend/svnicd \
	-I$(top_srcdir)/tests $(LIBEVENT_CFLAGS) $(JANSSON_CFLAGS) \
	$(CMOCKA_CFLAGS)
SVNICD_TEST_LDADD = libsvnicd.a $(LIBEVENT_LIBS) $(JANSSON_LIBS) \
	$(YAML_LIBS) $(CMOCKA_LIBS)

check_LIBRARIES += libsvnicd_fixture.a
libsvnicd_fixture_a_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
libsvnicd_fixture_a_SOURCES = \
	tests/fakes/svnicd_platform.c tests/fakes/svnicd_platform.h \
	tests/fakes/svnicd_netif.c tests/fakes/svnicd_netif.h \
	tests/unit/ctl_fixture.c tests/unit/ctl_fixture.h \
	tests/unit/vif_fixture.c tests/unit/vif_fixture.h
# The fakes first: they stand in for parts of svnicd.
SVNICD_FAKE_LDADD = libsvnicd_fixture.a $(SVNICD_TEST_LDADD)

tests_unit_test_addresses_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_addresses_LDADD = $(SVNICD_TEST_LDADD)
tests_unit_test_command_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_command_LDADD = $(SVNICD_FAKE_LDADD)
tests_unit_test_config_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_config_LDADD = $(SVNICD_TEST_LDADD)
tests_unit_test_control_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_control_LDADD = $(SVNICD_FAKE_LDADD)
tests_unit_test_ctrl_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_ctrl_LDADD = $(SVNICD_FAKE_LDADD)
tests_unit_test_keeper_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_keeper_LDADD = $(SVNICD_TEST_LDADD)
tests_unit_test_names_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_names_LDADD = $(SVNICD_TEST_LDADD)
tests_unit_test_policy_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_policy_LDADD = $(SVNICD_FAKE_LDADD)
tests_unit_test_text_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_text_LDADD = $(SVNICD_TEST_LDADD)
tests_unit_test_vfu_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_vfu_SOURCES = tests/unit/test_vfu.c \
	backend/svnicd/local/vfu.c
tests_unit_test_vfu_LDADD = $(SVNICD_TEST_LDADD) -lpthread
tests_unit_test_vif_card_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_vif_card_LDADD = $(SVNICD_FAKE_LDADD)
tests_unit_test_vif_change_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_vif_change_LDADD = $(SVNICD_FAKE_LDADD)
tests_unit_test_vif_restart_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_vif_restart_LDADD = $(SVNICD_FAKE_LDADD)
tests_unit_test_vif_table_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_vif_table_LDADD = $(SVNICD_FAKE_LDADD)
tests_unit_test_vif_walk_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS)
tests_unit_test_vif_walk_LDADD = $(SVNICD_FAKE_LDADD)

if HAVE_XEN
check_PROGRAMS += tests/unit/test_ctrl_ring
TESTS += tests/unit/test_ctrl_ring
tests_unit_test_ctrl_ring_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS) $(XEN_CFLAGS)
tests_unit_test_ctrl_ring_SOURCES = tests/unit/test_ctrl_ring.c \
	tests/fakes/svnicd_hypervisor.c tests/fakes/svnicd_hypervisor.h \
	backend/svnicd/xen/account.c backend/svnicd/xen/ring.c
tests_unit_test_ctrl_ring_LDADD = $(SVNICD_TEST_LDADD)

check_PROGRAMS += tests/unit/test_batch
TESTS += tests/unit/test_batch
tests_unit_test_batch_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS) $(XEN_CFLAGS)
tests_unit_test_batch_SOURCES = tests/unit/test_batch.c \
	backend/svnicd/xen/batch.c
tests_unit_test_batch_LDADD = $(SVNICD_TEST_LDADD)

GRANT_TESTS = tests/unit/test_grant tests/unit/test_grant_turn
GRANT_SOURCES = tests/unit/grant_fixture.c tests/unit/grant_fixture.h \
	backend/svnicd/xen/channel.c backend/svnicd/xen/grant.c
check_PROGRAMS += $(GRANT_TESTS)
TESTS += $(GRANT_TESTS)
tests_unit_test_grant_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS) $(XEN_CFLAGS)
tests_unit_test_grant_SOURCES = tests/unit/test_grant.c $(GRANT_SOURCES)
tests_unit_test_grant_LDADD = $(SVNICD_TEST_LDADD)
tests_unit_test_grant_turn_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS) $(XEN_CFLAGS)
tests_unit_test_grant_turn_SOURCES = tests/unit/test_grant_turn.c \
	$(GRANT_SOURCES)
tests_unit_test_grant_turn_LDADD = $(SVNICD_TEST_LDADD)

check_PROGRAMS += tests/unit/test_memo
TESTS += tests/unit/test_memo
tests_unit_test_memo_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS) $(XEN_CFLAGS)
tests_unit_test_memo_SOURCES = tests/unit/test_memo.c \
	backend/svnicd/xen/memo.c
tests_unit_test_memo_LDADD = $(SVNICD_TEST_LDADD)

STORE_TESTS = tests/unit/test_store tests/unit/test_store_guest \
	tests/unit/test_store_limits tests/unit/test_store_restart
check_PROGRAMS += $(STORE_TESTS)
TESTS += $(STORE_TESTS)

check_LIBRARIES += libsvnicd_dom0.a
libsvnicd_dom0_a_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS) $(XEN_CFLAGS)
libsvnicd_dom0_a_SOURCES = \
	tests/fakes/svnicd_dom0.c tests/fakes/svnicd_dom0.h \
	tests/fakes/svnicd_hypervisor.c tests/fakes/svnicd_hypervisor.h \
	tests/fakes/svnicd_xenstore.c tests/fakes/svnicd_xenstore.h \
	tests/fakes/svnicd_netif.c tests/fakes/svnicd_netif.h \
	backend/svnicd/xen/account.c \
	backend/svnicd/xen/batch.c backend/svnicd/xen/connect.c \
	backend/svnicd/xen/guest.c \
	backend/svnicd/xen/look.c backend/svnicd/xen/memo.c \
	backend/svnicd/xen/nodes.c backend/svnicd/xen/ring.c \
	backend/svnicd/xen/rival.c \
	backend/svnicd/xen/start.c backend/svnicd/xen/store.c \
	backend/svnicd/xen/window.c

tests_unit_test_store_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS) $(XEN_CFLAGS)
tests_unit_test_store_LDADD = libsvnicd_dom0.a $(SVNICD_TEST_LDADD)
tests_unit_test_store_guest_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS) $(XEN_CFLAGS)
tests_unit_test_store_guest_LDADD = libsvnicd_dom0.a $(SVNICD_TEST_LDADD)
tests_unit_test_store_limits_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS) $(XEN_CFLAGS)
tests_unit_test_store_limits_LDADD = libsvnicd_dom0.a $(SVNICD_TEST_LDADD)
tests_unit_test_store_restart_CPPFLAGS = $(SVNICD_TEST_CPPFLAGS) $(XEN_CFLAGS)
tests_unit_test_store_restart_LDADD = libsvnicd_dom0.a $(SVNICD_TEST_LDADD)
endif
EXTRA_DIST += tests/unit/test_batch.c tests/unit/test_ctrl_ring.c \
	tests/unit/test_grant.c tests/unit/test_grant_turn.c \
	tests/unit/grant_fixture.c tests/unit/grant_fixture.h \
	tests/unit/test_memo.c \
	tests/unit/test_store.c tests/unit/test_store_guest.c \
	tests/unit/test_store_limits.c tests/unit/test_store_restart.c \
	tests/fakes/svnicd_dom0.c tests/fakes/svnicd_dom0.h \
	tests/fakes/svnicd_xenstore.c tests/fakes/svnicd_xenstore.h \
	tests/fakes/svnicd_hypervisor.c \
	tests/fakes/svnicd_hypervisor.h
