# SPDX-License-Identifier: GPL-2.0-only
dist_noinst_SCRIPTS += tests/abi/compare tests/abi/compilers
TESTS += tests/abi/compare tests/abi/compilers
EXTRA_DIST += docs/abi.md
