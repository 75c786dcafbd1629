# SPDX-License-Identifier: GPL-2.0-only
# The guest's kernel modules, both in one run of Kbuild.  Kbuild writes beside
# its sources: a build elsewhere gets links to them.  MODULES_FRONTEND, which is
# remade with them, has the symbols for other users of svnic_net.

frontend_module_files = \
	frontend/Kbuild \
	frontend/svnic_net/svnic_net.h \
	frontend/svnic_net/attach.h \
	frontend/svnic_net/count.h \
	frontend/svnic_net/groups.h \
	frontend/svnic_net/net.h \
	frontend/svnic_net/netdev.h \
	frontend/svnic_net/pages.h \
	frontend/svnic_net/poller.h \
	frontend/svnic_net/pool.h \
	frontend/svnic_net/queue.h \
	frontend/svnic_net/rss.h \
	frontend/svnic_net/rx.h \
	frontend/svnic_net/slow.h \
	frontend/svnic_net/tx.h \
	frontend/svnic_net/main.c \
	frontend/svnic_net/netdev.c \
	frontend/svnic_net/attach.c \
	frontend/svnic_net/slow.c \
	frontend/svnic_net/queue.c \
	frontend/svnic_net/tx.c \
	frontend/svnic_net/rx.c \
	frontend/svnic_net/pool.c \
	frontend/svnic_net/pages.c \
	frontend/svnic_net/ethtool.c \
	frontend/svnic_net/poller.c \
	frontend/svnic_net/rss.c \
	frontend/svnic_net/groups.c \
	frontend/svnic_front/svnic_front.h \
	frontend/svnic_front/ctrl.h \
	frontend/svnic_front/direct.h \
	frontend/svnic_front/grant.h \
	frontend/svnic_front/netif.h \
	frontend/svnic_front/offer.h \
	frontend/svnic_front/main.c \
	frontend/svnic_front/connect.c \
	frontend/svnic_front/offer.c \
	frontend/svnic_front/watch.c \
	frontend/svnic_front/direct.c \
	frontend/svnic_front/grant.c \
	frontend/svnic_front/netif.c \
	frontend/svnic_front/netif_keys.c \
	frontend/svnic_front/netif_slow.c \
	frontend/svnic_front/netif_staging.c \
	frontend/svnic_front/netif_tx.c \
	frontend/svnic_front/netif_rx.c \
	frontend/svnic_front/netif_sysfs.c \
	frontend/svnic_front/ctrl.c \
	frontend/svnic_front/ops.c \
	frontend/svnic_front/event.c
frontend_module_headers = \
	include/svnic/abi.h \
	include/svnic/order.h \
	include/svnic/ring.h

EXTRA_DIST += $(frontend_module_files) frontend/README.md

if ENABLE_MODULES
MODULES_FRONTEND = frontend/Module.symvers
MODULES_DIRS += frontend
MODULES_ALL += $(MODULES_FRONTEND)
MODULES_CLEAN += clean-frontend-modules

frontend/Module.symvers: $(frontend_module_files) $(frontend_module_headers)
	@$(MKDIR_P) frontend/svnic_net frontend/svnic_front
	@for f in $(frontend_module_files); do \
		test "$(abs_srcdir)/$$f" -ef "$$f" || \
			ln -sf "$(abs_srcdir)/$$f" "$$f" || exit 1; \
	done
	@$(MAKE) -C $(KDIR) M="$(abs_builddir)/frontend" \
		SVNIC_INCLUDE="$(abs_srcdir)/include" modules
	@touch $@

clean-frontend-modules:
	-@cd frontend 2>/dev/null && rm -f *.o *.ko *.mod *.mod.c .*.cmd \
		Module.symvers modules.order svnic_net/*.o svnic_net/.*.cmd \
		svnic_net/.*.d svnic_front/*.o svnic_front/.*.cmd \
		svnic_front/.*.d
	-@for f in $(frontend_module_files); do \
		test ! -L "$$f" || rm -f "$$f"; \
	done

.PHONY: clean-frontend-modules
endif
