# SPDX-License-Identifier: GPL-2.0-only
# libsvnic against a svnicd and a card that the test plays.

check_PROGRAMS += tests/unit/test_libsvnic
TESTS += tests/unit/test_libsvnic

tests_unit_test_libsvnic_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_libsvnic_SOURCES = tests/unit/test_libsvnic.c
tests_unit_test_libsvnic_LDADD = frontend/libsvnic/libsvnic.a \
	$(CMOCKA_LIBS) -lpthread
