# SPDX-License-Identifier: GPL-2.0-only
# The rude guest's module, for the rig only; built as frontend/'s are.

rude_module_files = \
	tests/rig/rude/Kbuild \
	tests/rig/rude/rude.h \
	tests/rig/rude/main.c \
	tests/rig/rude/front.c \
	tests/rig/rude/queue.c \
	tests/rig/rude/attack_ctrl.c \
	tests/rig/rude/attack_list.c \
	tests/rig/rude/attack_queue.c \
	tests/rig/rude/attack_window.c \
	tests/rig/rude/attack_frame.c \
	tests/rig/rude/net.h \
	tests/rig/rude/net_main.c \
	tests/rig/rude/net_front.c \
	tests/rig/rude/net_tx.c \
	tests/rig/rude/net_rx.c \
	tests/rig/rude/net_ring.c \
	tests/rig/rude/net_keys.c \
	tests/rig/rude/net_ctrl.c

EXTRA_DIST += $(rude_module_files)

if ENABLE_MODULES
MODULES_ALL += tests/rig/rude/svnic_rude.ko
MODULES_CLEAN += clean-rude-module

tests/rig/rude/svnic_rude.ko: $(rude_module_files) $(frontend_module_headers)
	@$(MKDIR_P) tests/rig/rude
	@for f in $(rude_module_files); do \
		test "$(abs_srcdir)/$$f" -ef "$$f" || \
			ln -sf "$(abs_srcdir)/$$f" "$$f" || exit 1; \
	done
	@$(MAKE) -C $(KDIR) M="$(abs_builddir)/tests/rig/rude" \
		SVNIC_INCLUDE="$(abs_srcdir)/include" modules

clean-rude-module:
	-@cd tests/rig/rude 2>/dev/null && rm -f *.o *.ko *.mod *.mod.c \
		.*.cmd Module.symvers modules.order
	-@for f in $(rude_module_files); do \
		test ! -L "$$f" || rm -f "$$f"; \
	done

.PHONY: clean-rude-module
endif
