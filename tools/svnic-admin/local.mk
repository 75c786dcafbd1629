# SPDX-License-Identifier: GPL-2.0-only
# The administrator's tool, and its completion, which is made by itself.

noinst_LIBRARIES += tools/svnic-admin/libadmin.a
sbin_PROGRAMS += svnic-admin

tools_svnic_admin_libadmin_a_SOURCES = \
	tools/svnic-admin/admin.c \
	tools/svnic-admin/admin.h \
	tools/svnic-admin/cmd_capture.c \
	tools/svnic-admin/cmd_change.c \
	tools/svnic-admin/cmd_show.c \
	tools/svnic-admin/cmd_stats.c \
	tools/svnic-admin/completion.c \
	tools/svnic-admin/conn.c \
	tools/svnic-admin/conn.h \
	tools/svnic-admin/filter.c \
	tools/svnic-admin/filter.h \
	tools/svnic-admin/output.c \
	tools/svnic-admin/output.h \
	tools/svnic-admin/signals.c \
	tools/svnic-admin/signals.h \
	tools/svnic-admin/summary.c \
	tools/svnic-admin/summary.h
tools_svnic_admin_libadmin_a_CPPFLAGS = \
	$(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(PCAP_CFLAGS)

svnic_admin_SOURCES = tools/svnic-admin/main.c
svnic_admin_LDADD = \
	tools/svnic-admin/libadmin.a $(JANSSON_LIBS) $(PCAP_LIBS)

# bash finds it by the name of the program.
nodist_bashcompletion_DATA += tools/svnic-admin/completion/svnic-admin
CLEANFILES += tools/svnic-admin/completion/svnic-admin
tools/svnic-admin/completion/svnic-admin: svnic-admin$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	./svnic-admin$(EXEEXT) completion > $@.tmp && \
	mv $@.tmp $@

dist_man_MANS += man/svnic-admin.8
