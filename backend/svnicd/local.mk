# SPDX-License-Identifier: GPL-2.0-only
# svnicd: all but main.c in a library, which the tests link too.

SVNICD_COMMON = \
	backend/svnicd/capture.c backend/svnicd/capture.h \
	backend/svnicd/checksum.c backend/svnicd/checksum.h \
	backend/svnicd/command.c backend/svnicd/command.h \
	backend/svnicd/command_priv.h backend/svnicd/command_vif.c \
	backend/svnicd/config.c backend/svnicd/config.h \
	backend/svnicd/config_class.c backend/svnicd/config_net.c \
	backend/svnicd/config_reader.h backend/svnicd/config_yaml.c \
	backend/svnicd/control.c backend/svnicd/control.h \
	backend/svnicd/ctrl.c backend/svnicd/ctrl.h \
	backend/svnicd/daemon.c backend/svnicd/daemon.h \
	backend/svnicd/daemon_card.c \
	backend/svnicd/hold.c backend/svnicd/hold.h \
	backend/svnicd/keeper.c backend/svnicd/keeper.h \
	backend/svnicd/limit.c backend/svnicd/limit.h \
	backend/svnicd/log.c backend/svnicd/log.h \
	backend/svnicd/netif/adopt.c \
	backend/svnicd/netif/batch.c \
	backend/svnicd/netif/batch.h \
	backend/svnicd/netif/call.c \
	backend/svnicd/netif/call.h \
	backend/svnicd/netif/filter.c \
	backend/svnicd/netif/filter.h \
	backend/svnicd/netif/groups.c backend/svnicd/netif/groups.h \
	backend/svnicd/netif/hash.c backend/svnicd/netif/hash.h \
	backend/svnicd/netif/headers.c backend/svnicd/netif/headers.h \
	backend/svnicd/netif/keys.c \
	backend/svnicd/netif/message.c \
	backend/svnicd/netif/netif.c backend/svnicd/netif/netif.h \
	backend/svnicd/netif/note.c backend/svnicd/netif/note.h \
	backend/svnicd/netif/offload.c backend/svnicd/netif/offload.h \
	backend/svnicd/netif/port.c \
	backend/svnicd/netif/port.h \
	backend/svnicd/netif/priv.h \
	backend/svnicd/netif/rx.c \
	backend/svnicd/netif/rx.h \
	backend/svnicd/netif/rx_answer.c \
	backend/svnicd/netif/rx_turn.h \
	backend/svnicd/netif/slow.c \
	backend/svnicd/netif/slow.h \
	backend/svnicd/netif/sring.c backend/svnicd/netif/sring.h \
	backend/svnicd/netif/stage.c backend/svnicd/netif/stage.h \
	backend/svnicd/netif/staging.c backend/svnicd/netif/staging.h \
	backend/svnicd/netif/turn.c \
	backend/svnicd/netif/turn.h \
	backend/svnicd/netif/tx.c \
	backend/svnicd/netif/tx.h \
	backend/svnicd/netif/tx_answer.c backend/svnicd/netif/tx_turn.h \
	backend/svnicd/netif/txreq.c backend/svnicd/netif/txreq.h \
	backend/svnicd/netif/txrsp.c backend/svnicd/netif/txrsp.h \
	backend/svnicd/netif/verdict.c \
	backend/svnicd/netif/view.c backend/svnicd/netif/view.h \
	backend/svnicd/netif/wire.h \
	backend/svnicd/number.c backend/svnicd/number.h \
	backend/svnicd/names.c backend/svnicd/names.h \
	backend/svnicd/ownq.c backend/svnicd/ownq.h \
	backend/svnicd/platform.h backend/svnicd/platform_turn.h \
	backend/svnicd/policy.c backend/svnicd/policy.h \
	backend/svnicd/report.c backend/svnicd/report.h \
	backend/svnicd/report_limits.c \
	backend/svnicd/report_netif.c \
	backend/svnicd/request.c backend/svnicd/request.h \
	backend/svnicd/source.c backend/svnicd/source.h \
	backend/svnicd/text.c backend/svnicd/text.h \
	backend/svnicd/vif.c backend/svnicd/vif.h \
	backend/svnicd/vif_config.c \
	backend/svnicd/vif_table.c

SVNICD_LOCAL = \
	backend/svnicd/local/card.c backend/svnicd/local/card.h \
	backend/svnicd/local/client.c \
	backend/svnicd/local/local.c backend/svnicd/local/local.h \
	backend/svnicd/local/own.c \
	backend/svnicd/local/record.c \
	backend/svnicd/local/tenant.c \
	backend/svnicd/local/vfu.c backend/svnicd/local/vfu.h \
	backend/svnicd/local/vif_cmd.c

SVNICD_XEN = \
	backend/svnicd/xen/account.c backend/svnicd/xen/account.h \
	backend/svnicd/xen/batch.c \
	backend/svnicd/xen/batch.h \
	backend/svnicd/xen/channel.c \
	backend/svnicd/xen/channel.h \
	backend/svnicd/xen/connect.c \
	backend/svnicd/xen/dom0.h \
	backend/svnicd/xen/grant.c \
	backend/svnicd/xen/grant.h \
	backend/svnicd/xen/guest.c \
	backend/svnicd/xen/guest.h \
	backend/svnicd/xen/look.c backend/svnicd/xen/look.h \
	backend/svnicd/xen/memo.c \
	backend/svnicd/xen/memo.h \
	backend/svnicd/xen/nodes.c \
	backend/svnicd/xen/nodes.h \
	backend/svnicd/xen/pf.c \
	backend/svnicd/xen/pf.h \
	backend/svnicd/xen/pf_pages.c \
	backend/svnicd/xen/ring.c \
	backend/svnicd/xen/ring.h \
	backend/svnicd/xen/rival.c \
	backend/svnicd/xen/rival.h \
	backend/svnicd/xen/start.c \
	backend/svnicd/xen/start.h \
	backend/svnicd/xen/store.c \
	backend/svnicd/xen/store.h \
	backend/svnicd/xen/window.c \
	backend/svnicd/xen/window.h \
	backend/svnicd/xen/xen.c

SVNICD_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/backend/svnicd \
	-DSVNICD_SYSCONFDIR='"$(sysconfdir)"' \
	-DSVNICD_VERSION='"$(PACKAGE_VERSION)"' \
	$(LIBEVENT_CFLAGS) $(JANSSON_CFLAGS) $(YAML_CFLAGS)
SVNICD_LIBS = $(LIBEVENT_LIBS) $(JANSSON_LIBS) $(YAML_LIBS)

noinst_LIBRARIES += libsvnicd.a libsvnicd-platforms.a
libsvnicd_a_SOURCES = $(SVNICD_COMMON)
libsvnicd_a_CPPFLAGS = $(SVNICD_CPPFLAGS)

libsvnicd_platforms_a_SOURCES = $(SVNICD_LOCAL)
libsvnicd_platforms_a_CPPFLAGS = $(SVNICD_CPPFLAGS)
if HAVE_XEN
libsvnicd_platforms_a_SOURCES += $(SVNICD_XEN)
libsvnicd_platforms_a_CPPFLAGS += $(XEN_CFLAGS)
SVNICD_LIBS += $(XEN_LIBS)
else
libsvnicd_platforms_a_SOURCES += backend/svnicd/xen/none.c
endif
EXTRA_DIST += $(SVNICD_XEN) backend/svnicd/xen/none.c

sbin_PROGRAMS += svnicd
svnicd_SOURCES = backend/svnicd/main.c
svnicd_CPPFLAGS = $(SVNICD_CPPFLAGS)
svnicd_LDADD = libsvnicd.a libsvnicd-platforms.a $(SVNICD_LIBS)

dist_man_MANS += man/svnicd.8 man/svnicd.conf.5
svnicdexamplesdir = $(docdir)/examples
dist_svnicdexamples_DATA = backend/svnicd/svnicd.yaml
xenscript_SCRIPTS = tools/hotplug/vif-svnic
EXTRA_DIST += tools/hotplug/vif-svnic

dist_modprobe_DATA = backend/svnicd/svnic.conf
nodist_systemdsystemunit_DATA += backend/svnicd/svnicd.service
backend/svnicd/svnicd.service: backend/svnicd/svnicd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) backend/svnicd && \
	$(SED) -e 's,[@]sbindir[@],$(sbindir),g' \
		$(srcdir)/backend/svnicd/svnicd.service.in >$@.tmp && \
	mv $@.tmp $@
CLEANFILES += backend/svnicd/svnicd.service
EXTRA_DIST += backend/svnicd/svnicd.service.in
