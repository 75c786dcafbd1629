# SPDX-License-Identifier: GPL-2.0-only
# The card as a Linux process: libsvnic_hosted.a is all of it but main().

noinst_LIBRARIES += libsvnic_hosted.a
libsvnic_hosted_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE $(JANSSON_CFLAGS) $(PCAP_CFLAGS) \
	-DPACKAGE_VERSION='"$(PACKAGE_VERSION)"'
libsvnic_hosted_a_SOURCES = \
	device-firmware/core/core.h \
	device-firmware/hal/hal.h \
	device-firmware/hal/hosted/agent.c \
	device-firmware/hal/hosted/agent.h \
	device-firmware/hal/hosted/arena.c \
	device-firmware/hal/hosted/arena.h \
	device-firmware/hal/hosted/card.c \
	device-firmware/hal/hosted/card.h \
	device-firmware/hal/hosted/channel.c \
	device-firmware/hal/hosted/channel.h \
	device-firmware/hal/hosted/command.c \
	device-firmware/hal/hosted/command.h \
	device-firmware/hal/hosted/conn.c \
	device-firmware/hal/hosted/conn.h \
	device-firmware/hal/hosted/datum.h \
	device-firmware/hal/hosted/device.c \
	device-firmware/hal/hosted/device.h \
	device-firmware/hal/hosted/dma.c \
	device-firmware/hal/hosted/dma.h \
	device-firmware/hal/hosted/hal.c \
	device-firmware/hal/hosted/handover.c \
	device-firmware/hal/hosted/handover.h \
	device-firmware/hal/hosted/irqs.c \
	device-firmware/hal/hosted/irqs.h \
	device-firmware/hal/hosted/link.c \
	device-firmware/hal/hosted/link.h \
	device-firmware/hal/hosted/links.c \
	device-firmware/hal/hosted/links.h \
	device-firmware/hal/hosted/log.c \
	device-firmware/hal/hosted/log.h \
	device-firmware/hal/hosted/loop.c \
	device-firmware/hal/hosted/options.c \
	device-firmware/hal/hosted/options.h \
	device-firmware/hal/hosted/owner.c \
	device-firmware/hal/hosted/owner.h \
	device-firmware/hal/hosted/pace.c \
	device-firmware/hal/hosted/pace.h \
	device-firmware/hal/hosted/pci.c \
	device-firmware/hal/hosted/pci.h \
	device-firmware/hal/hosted/remote.c \
	device-firmware/hal/hosted/remote.h \
	device-firmware/hal/hosted/server.c \
	device-firmware/hal/hosted/server.h \
	device-firmware/hal/hosted/spare.c \
	device-firmware/hal/hosted/spare.h \
	device-firmware/hal/hosted/supervise.c \
	device-firmware/hal/hosted/supervise.h \
	device-firmware/hal/hosted/vfio_user.h \
	device-firmware/hal/hosted/vnet.c \
	device-firmware/hal/hosted/vnet.h \
	device-firmware/hal/hosted/wire.c \
	device-firmware/hal/hosted/wire.h \
	device-firmware/hal/hosted/wire_packet.c \
	device-firmware/hal/hosted/wire_pcap.c \
	device-firmware/hal/hosted/wire_tap.c \
	device-firmware/hal/hosted/thread.c \
	device-firmware/hal/hosted/thread.h

sbin_PROGRAMS += svnic-fw
svnic_fw_SOURCES = device-firmware/hal/hosted/main.c
svnic_fw_LDADD = libsvnic_hosted.a libsvnic_core.a $(JANSSON_LIBS) $(PCAP_LIBS)

dist_man_MANS += man/svnic-fw.8
