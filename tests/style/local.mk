# SPDX-License-Identifier: GPL-2.0-only
# `make check-style`: all of them, those that need a tool of their own too.
# `make check` runs the quick ones.  Each can be run by itself.

STYLE_QUICK = tests/style/grants tests/style/licence tests/style/manual \
	tests/style/pairs
STYLE_CHECKS = $(STYLE_QUICK) tests/style/format tests/style/shell \
	tests/style/spelling tests/style/sizes

TESTS += $(STYLE_QUICK)
dist_noinst_SCRIPTS += $(STYLE_CHECKS)
EXTRA_DIST += tests/style/lib.sh

check-style:
	@failed=0; for check in $(STYLE_CHECKS); do \
		echo "== $$check"; \
		top_srcdir='$(abs_top_srcdir)' $(srcdir)/$$check; \
		case $$? in 0 | 77) ;; *) failed=1; echo "FAILED: $$check" ;; \
		esac; \
	done; exit $$failed
