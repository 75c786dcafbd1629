# SPDX-License-Identifier: GPL-2.0-only
# svnic-admin against a svnicd that the test plays.

check_PROGRAMS += tests/unit/test_svnic_admin
TESTS += tests/unit/test_svnic_admin

tests_unit_test_svnic_admin_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS) \
	$(JANSSON_CFLAGS)
tests_unit_test_svnic_admin_SOURCES = tests/unit/test_svnic_admin.c
tests_unit_test_svnic_admin_LDADD = tools/svnic-admin/libadmin.a \
	$(JANSSON_LIBS) $(PCAP_LIBS) $(CMOCKA_LIBS) -lpthread
