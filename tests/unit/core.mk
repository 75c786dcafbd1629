# SPDX-License-Identifier: GPL-2.0-only
# The firmware core on a simulated card.

CORE_TESTS = tests/unit/test_switch
check_PROGRAMS += $(CORE_TESTS)
TESTS += $(CORE_TESTS)

CORE_TEST_CPPFLAGS = $(AM_CPPFLAGS) $(FIRMWARE_INCLUDES) $(CMOCKA_CFLAGS)
CORE_TEST_LDADD = libsvnic_sim.a libsvnic_core.a $(CMOCKA_LIBS)
CORE_FIXTURE = tests/unit/core_fixture.c tests/unit/core_fixture.h

tests_unit_test_switch_CPPFLAGS = $(CORE_TEST_CPPFLAGS)
tests_unit_test_switch_SOURCES = tests/unit/test_switch.c $(CORE_FIXTURE)
tests_unit_test_switch_LDADD = $(CORE_TEST_LDADD)
