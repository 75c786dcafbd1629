# SPDX-License-Identifier: GPL-2.0-only
dist_noinst_SCRIPTS += tests/model/run
EXTRA_DIST += tests/model/halt.pml tests/model/sleep.pml \
	tests/model/told.pml
TESTS += tests/model/run
