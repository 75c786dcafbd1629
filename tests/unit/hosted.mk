# SPDX-License-Identifier: GPL-2.0-only
# The hosted HAL, against a core that is a few words.

HOSTED_TESTS = tests/unit/test_channel \
	tests/unit/test_dma \
	tests/unit/test_handover \
	tests/unit/test_hosted \
	tests/unit/test_irqs \
	tests/unit/test_supervise \
	tests/unit/test_vfio_link \
	tests/unit/test_vfio_user \
	tests/unit/test_vnet \
	tests/unit/test_wire \
	tests/unit/test_wire_pcap
check_PROGRAMS += $(HOSTED_TESTS)
TESTS += $(HOSTED_TESTS)

HOSTED_TEST_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(CMOCKA_CFLAGS)
HOSTED_TEST_LDADD = libsvnic_hosted.a $(JANSSON_LIBS) $(PCAP_LIBS) \
	$(CMOCKA_LIBS)
HOSTED_FAKES = tests/fakes/hosted_core.c tests/fakes/hosted_core.h \
	tests/fakes/vfu_client.c tests/fakes/vfu_client.h

tests_unit_test_channel_CPPFLAGS = $(HOSTED_TEST_CPPFLAGS)
tests_unit_test_channel_SOURCES = tests/unit/test_channel.c $(HOSTED_FAKES)
tests_unit_test_channel_LDADD = $(HOSTED_TEST_LDADD)

tests_unit_test_dma_CPPFLAGS = $(HOSTED_TEST_CPPFLAGS)
tests_unit_test_dma_SOURCES = tests/unit/test_dma.c $(HOSTED_FAKES)
tests_unit_test_dma_LDADD = $(HOSTED_TEST_LDADD)

tests_unit_test_irqs_CPPFLAGS = $(HOSTED_TEST_CPPFLAGS)
tests_unit_test_irqs_SOURCES = tests/unit/test_irqs.c $(HOSTED_FAKES)
tests_unit_test_irqs_LDADD = $(HOSTED_TEST_LDADD)

tests_unit_test_vnet_CPPFLAGS = $(HOSTED_TEST_CPPFLAGS)
tests_unit_test_vnet_SOURCES = tests/unit/test_vnet.c $(HOSTED_FAKES)
tests_unit_test_vnet_LDADD = $(HOSTED_TEST_LDADD)

tests_unit_test_handover_CPPFLAGS = $(HOSTED_TEST_CPPFLAGS)
tests_unit_test_handover_SOURCES = tests/unit/test_handover.c $(HOSTED_FAKES)
tests_unit_test_handover_LDADD = $(HOSTED_TEST_LDADD)

tests_unit_test_hosted_CPPFLAGS = $(HOSTED_TEST_CPPFLAGS)
tests_unit_test_hosted_SOURCES = tests/unit/test_hosted.c $(HOSTED_FAKES)
tests_unit_test_hosted_LDADD = $(HOSTED_TEST_LDADD)

tests_unit_test_supervise_CPPFLAGS = $(HOSTED_TEST_CPPFLAGS)
tests_unit_test_supervise_SOURCES = tests/unit/test_supervise.c $(HOSTED_FAKES)
tests_unit_test_supervise_LDADD = $(HOSTED_TEST_LDADD)

VFU_FIXTURE = tests/unit/vfu_fixture.c tests/unit/vfu_fixture.h $(HOSTED_FAKES)

tests_unit_test_vfio_link_CPPFLAGS = $(HOSTED_TEST_CPPFLAGS)
tests_unit_test_vfio_link_SOURCES = tests/unit/test_vfio_link.c \
	$(VFU_FIXTURE)
tests_unit_test_vfio_link_LDADD = $(HOSTED_TEST_LDADD)

tests_unit_test_vfio_user_CPPFLAGS = $(HOSTED_TEST_CPPFLAGS)
tests_unit_test_vfio_user_SOURCES = tests/unit/test_vfio_user.c \
	$(VFU_FIXTURE)
tests_unit_test_vfio_user_LDADD = $(HOSTED_TEST_LDADD)

WIRE_FRAMES = tests/unit/wire_frames.c tests/unit/wire_frames.h $(HOSTED_FAKES)

tests_unit_test_wire_CPPFLAGS = $(HOSTED_TEST_CPPFLAGS)
tests_unit_test_wire_SOURCES = tests/unit/test_wire.c \
	$(WIRE_FRAMES)
tests_unit_test_wire_LDADD = $(HOSTED_TEST_LDADD)

tests_unit_test_wire_pcap_CPPFLAGS = $(HOSTED_TEST_CPPFLAGS)
tests_unit_test_wire_pcap_SOURCES = tests/unit/test_wire_pcap.c \
	$(WIRE_FRAMES)
tests_unit_test_wire_pcap_LDADD = $(HOSTED_TEST_LDADD)
