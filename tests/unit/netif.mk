# SPDX-License-Identifier: GPL-2.0-only
# svnicd's netif path, between a guest in memory and the simulated card.

NETIF_TESTS = tests/unit/test_netif tests/unit/test_netif_ctrl \
	tests/unit/test_netif_keys tests/unit/test_netif_txreq
check_PROGRAMS += $(NETIF_TESTS)
TESTS += $(NETIF_TESTS)

# The firmware's folders last: some of its headers have names of others'.
NETIF_TEST_CPPFLAGS = $(AM_CPPFLAGS) \
	-I$(top_srcdir)/backend/svnicd -I$(top_srcdir)/tests \
	-idirafter $(top_srcdir)/device-firmware/core \
	-idirafter $(top_srcdir)/device-firmware/hal/sim \
	$(LIBEVENT_CFLAGS) $(CMOCKA_CFLAGS)
NETIF_TEST_LDADD = libsvnicd.a libsvnic_sim.a libsvnic_core.a \
	$(LIBEVENT_LIBS) $(CMOCKA_LIBS)
NETIF_WORLD = tests/fakes/netif_world.c tests/fakes/netif_world.h

tests_unit_test_netif_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_SOURCES = tests/unit/test_netif.c $(NETIF_WORLD)
tests_unit_test_netif_LDADD = $(NETIF_TEST_LDADD)

tests_unit_test_netif_ctrl_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_ctrl_SOURCES = tests/unit/test_netif_ctrl.c $(NETIF_WORLD)
tests_unit_test_netif_ctrl_LDADD = $(NETIF_TEST_LDADD)

tests_unit_test_netif_keys_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_keys_SOURCES = tests/unit/test_netif_keys.c $(NETIF_WORLD)
tests_unit_test_netif_keys_LDADD = $(NETIF_TEST_LDADD)

tests_unit_test_netif_txreq_CPPFLAGS = $(NETIF_TEST_CPPFLAGS)
tests_unit_test_netif_txreq_SOURCES = tests/unit/test_netif_txreq.c
tests_unit_test_netif_txreq_LDADD = $(NETIF_TEST_LDADD)

# Xen's own header is the oracle, where it is installed.
if HAVE_XEN
tests_unit_test_netif_ctrl_CPPFLAGS += -DHAVE_XEN_NETIF $(XEN_CFLAGS)
endif
