# SPDX-License-Identifier: GPL-2.0-only
# svnicd's netif path, between a guest in memory and the simulated card.

NETIF_TESTS = tests/unit/test_netif \
	tests/unit/test_netif_adopt \
	tests/unit/test_netif_ctrl \
	tests/unit/test_netif_headers \
	tests/unit/test_netif_keys \
	tests/unit/test_netif_multicast \
	tests/unit/test_netif_post \
	tests/unit/test_netif_rude \
	tests/unit/test_netif_rx \
	tests/unit/test_netif_send \
	tests/unit/test_netif_staging \
	tests/unit/test_netif_turn \
	tests/unit/test_netif_tx \
	tests/unit/test_netif_txreq
check_PROGRAMS += $(NETIF_TESTS)
TESTS += $(NETIF_TESTS)

# The firmware's folders last: some of its headers have names of others'.
NETIF_TEST_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(top_srcdir)/backend/svnicd -I$(top_srcdir)/tests \
	-idirafter $(top_srcdir)/device-firmware/core \
	-idirafter $(top_srcdir)/device-firmware/hal/sim \
	$(LIBEVENT_CFLAGS) $(CMOCKA_CFLAGS)
NETIF_TEST_LDADD = libnetif_fixture.a libsvnicd.a libsvnic_sim.a \
	libsvnic_core.a $(LIBEVENT_LIBS) $(CMOCKA_LIBS)

check_LIBRARIES += libnetif_fixture.a
libnetif_fixture_a_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
libnetif_fixture_a_SOURCES = \
	tests/fakes/netif_world.c tests/fakes/netif_world.h \
	tests/fakes/netif_guest.c \
	tests/fakes/netif_platform.c tests/fakes/netif_platform.h \
	tests/unit/netif_fixture.c tests/unit/netif_fixture.h

tests_unit_test_netif_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_adopt_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_adopt_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_ctrl_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_ctrl_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_headers_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_headers_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_keys_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_keys_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_multicast_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_multicast_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_post_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_post_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_rude_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_rude_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_rx_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_rx_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_send_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_send_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_staging_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_staging_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_turn_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_turn_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_tx_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_tx_LDADD = $(NETIF_TEST_LDADD)
tests_unit_test_netif_txreq_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_txreq_LDADD = $(NETIF_TEST_LDADD)

# Xen's own header is the oracle, where it is installed.
if HAVE_XEN
tests_unit_test_netif_ctrl_CPPFLAGS += -DHAVE_XEN_NETIF $(XEN_CFLAGS)
endif
