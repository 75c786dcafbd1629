# SPDX-License-Identifier: GPL-2.0-only
# svnic_pf.ko.  Kbuild writes beside its sources: a build elsewhere gets links
# to them.  It needs the symbols of svnic_net.ko, which frontend/ builds.

svnic_pf_files = \
	backend/svnic_pf/Kbuild \
	backend/svnic_pf/main.c \
	backend/svnic_pf/card.c \
	backend/svnic_pf/admin.c \
	backend/svnic_pf/event.c \
	backend/svnic_pf/vif.c \
	backend/svnic_pf/pages.c \
	backend/svnic_pf/grant.c \
	backend/svnic_pf/netdev.c \
	backend/svnic_pf/chardev.c \
	backend/svnic_pf/mapping.c \
	backend/svnic_pf/ioctl.c \
	backend/svnic_pf/port.c \
	backend/svnic_pf/turn.c \
	backend/svnic_pf/admin.h \
	backend/svnic_pf/chardev.h \
	backend/svnic_pf/event.h \
	backend/svnic_pf/grant.h \
	backend/svnic_pf/mapping.h \
	backend/svnic_pf/netdev.h \
	backend/svnic_pf/pages.h \
	backend/svnic_pf/port.h \
	backend/svnic_pf/svnic_pf.h \
	backend/svnic_pf/turn.h \
	backend/svnic_pf/vif.h
svnic_pf_headers = \
	include/svnic/abi.h \
	include/svnic/order.h \
	include/svnic/ring.h \
	include/svnic/pf.h \
	frontend/svnic_net/svnic_net.h

EXTRA_DIST += $(svnic_pf_files)

if ENABLE_MODULES
MODULES_DIRS += backend/svnic_pf
MODULES_ALL += backend/svnic_pf/svnic_pf.ko
MODULES_CLEAN += clean-svnic-pf

backend/svnic_pf/svnic_pf.ko: $(svnic_pf_files) $(svnic_pf_headers) \
		$(MODULES_FRONTEND)
	@$(MKDIR_P) backend/svnic_pf
	@for f in $(svnic_pf_files); do \
		test "$(srcdir)/$$f" -ef "$$f" || \
			ln -sf "$(abs_srcdir)/$$f" "$$f" || exit 1; \
	done
	@rm -f backend/svnic_pf/Module.symvers # Kbuild overlooks newer symbols
	@$(MAKE) -C $(KDIR) M="$(abs_builddir)/backend/svnic_pf" \
		SVNIC_TOP="$(abs_srcdir)" \
		KBUILD_EXTRA_SYMBOLS="$(abs_builddir)/frontend/Module.symvers" \
		modules

clean-svnic-pf:
	-@cd backend/svnic_pf 2>/dev/null && rm -f *.o *.ko *.mod *.mod.c \
		.*.cmd .*.d Module.symvers modules.order
	-@for f in $(svnic_pf_files); do \
		test ! -L "$$f" || rm -f "$$f"; \
	done

.PHONY: clean-svnic-pf
endif
