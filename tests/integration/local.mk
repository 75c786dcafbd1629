# SPDX-License-Identifier: GPL-2.0-only
# svnic-fw, svnicd, svnic-guest and svnic-admin in network namespaces; need
# root, else they are skipped.

INTEGRATION = \
	tests/integration/arena.sh \
	tests/integration/capture.sh \
	tests/integration/destroy.sh \
	tests/integration/firmware.sh \
	tests/integration/hostile.sh \
	tests/integration/jumbo.sh \
	tests/integration/links.sh \
	tests/integration/limits.sh \
	tests/integration/plain.sh \
	tests/integration/refuse.sh \
	tests/integration/reload.sh \
	tests/integration/restart.sh \
	tests/integration/source.sh \
	tests/integration/threads.sh \
	tests/integration/traffic.sh \
	tests/integration/workers.sh
dist_noinst_SCRIPTS += $(INTEGRATION)
TESTS += $(INTEGRATION)
EXTRA_DIST += tests/integration/broadcasts.py tests/integration/lib.sh \
	tests/integration/send_large.py

check_PROGRAMS += tests/integration/attack
tests_integration_attack_SOURCES = tests/integration/attack.c
tests_integration_attack_LDADD = frontend/libsvnic/libsvnic.a
CLEANFILES += out/firmware-local.json
