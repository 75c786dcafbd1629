/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the vfio-user server offers: version, regions, DMA maps, the card's
 * registers and doorbells, interrupts.
 */
#include <errno.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vfu_fixture.h"

static void test_version(void **state)
{
	struct vfu_client *c = *state;
	struct vfu_device_info info = { .argsz = sizeof(info) };
	uint16_t major1[] = { 1, 0 };
	struct vfu_version v;

	/* Nothing else before it. */
	assert_int_equal(client_call(c, VFU_DEVICE_GET_INFO, &info,
				     sizeof(info), NULL, 0),
			 EPROTO);
	assert_int_equal(client_call(c, VFU_VERSION, major1, sizeof(major1),
				     NULL, 0),
			 EINVAL);
	assert_int_equal(client_version(c), 0);
	memcpy(&v, c->data, sizeof(v));
	assert_int_equal(v.major, 0);
	assert_int_equal(v.minor, 0);
	assert_int_equal(c->data[c->len - 1], 0);
	assert_non_null(strstr((char *)c->data + 4, "\"max_msg_fds\":16"));
	assert_null(strstr((char *)c->data + 4, "write_multiple"));
}

static void test_version_tolerant(void **state)
{
	static const char *const texts[] = { "",	  "{",	      "[]",
					     "{\"x\":1}", "\xff\xfe", "null" };
	struct vfu_client *c = *state;
	uint8_t m[64] = { 0 };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t len = strlen(texts[i]);

		memcpy(m + 4, texts[i], len + 1);
		assert_int_equal(
			client_call(c, VFU_VERSION, m, 4 + len, NULL, 0), 0);
		assert_int_equal(
			client_call(c, VFU_VERSION, m, 5 + len, NULL, 0), 0);
	}
}

static void test_info(void **state)
{
	struct vfu_client *c = *state;
	struct vfu_device_info info = { .argsz = sizeof(info) };
	struct vfu_region_info r = { .argsz = sizeof(r) };
	struct vfu_irq_info irq = { .argsz = sizeof(irq) };
	struct stat st;

	assert_int_equal(client_call(c, VFU_DEVICE_GET_INFO, &info,
				     sizeof(info), NULL, 0),
			 0);
	memcpy(&info, c->data, sizeof(info));
	assert_int_equal(info.flags, 3);
	assert_int_equal(info.nr_regions, 9);
	assert_int_equal(info.nr_irqs, 6);

	for (r.index = 0; r.index < 9; r.index++) {
		r.argsz = sizeof(r);
		assert_int_equal(client_call(c, VFU_DEVICE_GET_REGION_INFO, &r,
					     sizeof(r), NULL, 0),
				 0);
		memcpy(&r, c->data, sizeof(r));
		assert_int_equal(r.size, device_region_size(r.index));
		assert_int_equal(r.flags, r.index == 2 ? 7 : r.size ? 3 : 0);
		assert_int_equal(c->reply_fd >= 0, r.index == 2);
		if (r.index == 2) {
			assert_int_equal(fstat(c->reply_fd, &st), 0);
			assert_int_equal(st.st_size, 16 * MIB);
			assert_int_equal(st.st_blocks, 0);
			assert_int_equal(ftruncate(c->reply_fd, 4096), -1);
		}
	}
	assert_int_equal(client_call(c, VFU_DEVICE_GET_REGION_INFO, &r,
				     sizeof(r), NULL, 0),
			 EINVAL);

	for (irq.index = 0; irq.index < 6; irq.index++) {
		irq.argsz = sizeof(irq);
		assert_int_equal(client_call(c, VFU_DEVICE_GET_IRQ_INFO, &irq,
					     sizeof(irq), NULL, 0),
				 0);
		memcpy(&irq, c->data, sizeof(irq));
		assert_int_equal(irq.count, irq.index == 2   ? 2
					    : irq.index == 5 ? 4096
							     : 0);
	}
	assert_int_equal(client_call(c, VFU_DEVICE_GET_IRQ_INFO, &irq,
				     sizeof(irq), NULL, 0),
			 EINVAL);
}

static void test_dma(void **state)
{
	struct vfu_client *c = *state;
	struct vfu_dma_unmap u = { .argsz = sizeof(u),
				   .addr = 16 * MIB,
				   .size = MIB };
	int fd = vfu_memory(4 * MIB);
	uint8_t *p, one = 0x5a;

	assert_int_equal(pwrite(fd, &one, 1, MIB + 4096), 1);
	assert_int_equal(client_map(c, 16 * MIB, MIB, fd, MIB), 0);
	assert_int_equal(c->len, 0);
	p = dma_find(vfu_dma(c), 16 * MIB + 4096, 4, DMA_READ);
	assert_non_null(p);
	assert_int_equal(*p, 0x5a);
	/* Nothing over the end, whatever the mapping's neighbours. */
	assert_null(dma_find(vfu_dma(c), 17 * MIB - 4, 8, DMA_READ));
	assert_null(dma_find(vfu_dma(c), 16 * MIB - 1, 1, DMA_READ));
	assert_null(dma_find(vfu_dma(c), 17 * MIB, 1, DMA_READ));
	assert_null(dma_find(vfu_dma(c), UINT64_MAX, 2, DMA_READ));

	assert_int_equal(client_map(c, 16 * MIB, MIB, fd, 0), EEXIST);
	assert_int_equal(client_map(c, 15 * MIB, 2 * MIB, fd, 0), EEXIST);
	assert_int_equal(client_map(c, 17 * MIB - 4096, 8192, fd, 0), EEXIST);
	assert_int_equal(client_map(c, 17 * MIB, MIB, fd, 3 * MIB), 0);
	/* The file ends before the range does. */
	assert_int_equal(client_map(c, 32 * MIB, 2 * MIB, fd, 3 * MIB), EINVAL);
	assert_int_equal(client_map(c, 32 * MIB, MIB, fd,
				    UINT64_MAX & ~4095ull),
			 EINVAL);
	assert_int_equal(client_map(c, 32 * MIB, 0, fd, 0), EINVAL);
	assert_int_equal(client_map(c, 32 * MIB + 1, 4096, fd, 0), EINVAL);
	assert_int_equal(client_map(c, UINT64_MAX - 4095, 8192, fd, 0), EINVAL);
	/* Without memory: known, but never touched. */
	assert_int_equal(client_map(c, 64 * MIB, MIB, -1, 0), 0);
	assert_null(dma_find(vfu_dma(c), 64 * MIB, 4, DMA_READ));
	assert_int_equal(client_map(c, 64 * MIB, MIB, fd, 0), EEXIST);

	u.size = MIB / 2;
	assert_int_equal(client_call(c, VFU_DMA_UNMAP, &u, sizeof(u), NULL, 0),
			 ENOENT);
	u.size = MIB;
	assert_int_equal(client_call(c, VFU_DMA_UNMAP, &u, sizeof(u), NULL, 0),
			 0);
	assert_memory_equal(c->data, &u, sizeof(u));
	assert_null(dma_find(vfu_dma(c), 16 * MIB + 4096, 4, DMA_READ));
	assert_non_null(dma_find(vfu_dma(c), 17 * MIB, 4, DMA_WRITE));
	u.flags = VFU_UNMAP_ALL;
	u.addr = u.size = 0;
	assert_int_equal(client_call(c, VFU_DMA_UNMAP, &u, sizeof(u), NULL, 0),
			 0);
	assert_null(dma_find(vfu_dma(c), 17 * MIB, 4, DMA_WRITE));
	assert_int_equal(vfu_dma(c)->nr, 0);
	close(fd);
}

static void test_dma_wrong_fd(void **state)
{
	struct vfu_client *c = *state;
	int fds[2] = { eventfd(0, EFD_CLOEXEC), vfu_memory(MIB) };
	struct vfu_dma_map m = {
		.argsz = sizeof(m), .flags = 3, .addr = MIB, .size = MIB
	};

	assert_int_equal(client_map(c, MIB, MIB, fds[0], 0), EINVAL);
	assert_int_equal(client_call(c, VFU_DMA_MAP, &m, sizeof(m), fds, 2),
			 EINVAL);
	m.argsz = 8;
	assert_int_equal(client_call(c, VFU_DMA_MAP, &m, sizeof(m), fds + 1, 1),
			 EINVAL);
	assert_int_equal(vfu_dma(c)->nr, 0);
	close(fds[0]);
	close(fds[1]);
}

static uint32_t config32(struct vfu_client *c, uint32_t at)
{
	uint32_t v;

	assert_int_equal(client_read(c, VFU_REGION_CONFIG, at, 4), 0);
	assert_int_equal(c->len, 20);
	memcpy(&v, c->data + 16, sizeof(v));
	return v;
}

static void test_config_space(void **state)
{
	struct vfu_client *c = *state;
	uint32_t ones = UINT32_MAX, zero = 0;

	assert_int_equal(config32(c, 0), 0x4e495356);
	assert_int_equal(config32(c, 8) >> 8, SVNIC_PCI_CLASS);
	/* BAR sizing. */
	client_write(c, VFU_REGION_CONFIG, 0x10, 4, &ones);
	client_write(c, VFU_REGION_CONFIG, 0x14, 4, &ones);
	client_write(c, VFU_REGION_CONFIG, 0x18, 4, &ones);
	client_write(c, VFU_REGION_CONFIG, 0x1c, 4, &ones);
	assert_int_equal(config32(c, 0x10), 0xffff0000);
	assert_int_equal(config32(c, 0x14), 0);
	assert_int_equal(config32(c, 0x18), 0xff00000c);
	assert_int_equal(config32(c, 0x1c), 0xffffffff);
	client_write(c, VFU_REGION_CONFIG, 0x18, 4, &zero);
	assert_int_equal(config32(c, 0x18), 0xc);
	/* Identity is not written. */
	client_write(c, VFU_REGION_CONFIG, 0, 4, &ones);
	assert_int_equal(config32(c, 0), 0x4e495356);
	/* The MSI-X capability: two vectors, table and PBA in BAR0. */
	assert_int_equal(config32(c, 0x34) & 0xff, 0x40);
	assert_int_equal(config32(c, 0x40), 0x00010011);
	assert_int_equal(config32(c, 0x44), SVNIC_REG_MSIX_TABLE);
	assert_int_equal(config32(c, 0x48), SVNIC_REG_MSIX_PBA);
	client_write(c, VFU_REGION_CONFIG, 0x40, 4, &ones);
	assert_int_equal(config32(c, 0x40), 0xc0010011);
	/* Over the end. */
	assert_int_equal(client_read(c, VFU_REGION_CONFIG, 0xfe, 4), EINVAL);
	assert_int_equal(client_read(c, VFU_REGION_CONFIG, UINT64_MAX, 4),
			 EINVAL);
	assert_int_equal(client_read(c, VFU_REGION_CONFIG, 0, UINT32_MAX),
			 EINVAL);
	assert_int_equal(client_read(c, 1, 0, 4), EINVAL);
	assert_int_equal(client_read(c, UINT32_MAX, 0, 4), EINVAL);
}

static void test_registers(void **state)
{
	struct vfu_client *c = *state;
	uint32_t v[2] = { 0x11223344, 0x55667788 };

	assert_int_equal(client_write(c, 0, SVNIC_REG_SQ_LO, 8, v), 0);
	assert_int_equal(c->core.reg[SVNIC_REG_SQ_LO / 4], v[0]);
	assert_int_equal(c->core.reg[SVNIC_REG_SQ_HI / 4], v[1]);
	assert_int_equal(client_read(c, 0, SVNIC_REG_SQ_LO + 3, 2), 0);
	assert_int_equal(c->data[16], 0x11);
	assert_int_equal(c->data[17], 0x88);
	assert_int_equal(client_write(c, 0, SVNIC_REG_SQ_LO, 2, v), EINVAL);
	assert_int_equal(client_write(c, 0, SVNIC_REG_SQ_LO + 2, 4, v), EINVAL);
	assert_int_equal(client_write(c, 0, SVNIC_BAR_REGS_SIZE - 4, 8, v),
			 EINVAL);
	/* The MSI-X table is memory. */
	assert_int_equal(client_write(c, 0, SVNIC_REG_MSIX_TABLE + 24, 8, v),
			 0);
	assert_int_equal(client_read(c, 0, SVNIC_REG_MSIX_TABLE + 24, 8), 0);
	assert_memory_equal(c->data + 16, v, 8);
	/* All of it at once. */
	assert_int_equal(client_read(c, 0, 0, SVNIC_BAR_REGS_SIZE), 0);
	assert_int_equal(c->len, 16 + SVNIC_BAR_REGS_SIZE);
}

static void test_doorbells(void **state)
{
	struct vfu_client *c = *state;
	struct vfu_region_info r = { .argsz = sizeof(r), .index = 2 };
	const uint8_t *card = c->link.server.dev.doorbells;
	uint32_t v = 7;
	struct stat st;
	uint8_t *p;

	assert_int_equal(client_call(c, VFU_DEVICE_GET_REGION_INFO, &r,
				     sizeof(r), NULL, 0),
			 0);
	p = mmap(NULL, 16 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED,
		 c->reply_fd, 0);
	assert_true(p != MAP_FAILED);
	p[4096] = 0x77;
	assert_int_equal(card[4096], 0x77);
	assert_int_equal(client_write(c, 2, 3 * 4096, 4, &v), 0);
	assert_int_equal(p[3 * 4096], 7);
	/* Reading by message fills no hole of the file. */
	assert_int_equal(client_read(c, 2, 8 * MIB, 65536), 0);
	assert_int_equal(fstat(c->link.server.dev.doorbell_fd, &st), 0);
	assert_int_equal(st.st_blocks, 16);
	/* A reset makes them zero, at both ends. */
	assert_int_equal(client_call(c, VFU_DEVICE_RESET, NULL, 0, NULL, 0), 0);
	assert_int_equal(c->core.resets[0], 1);
	assert_int_equal(p[4096], 0);
	assert_int_equal(card[3 * 4096], 0);
	/* A client that is gone rings nobody's bell any more. */
	close(c->fd);
	link_serve(&c->link);
	p[4096] = 1;
	assert_int_equal(card[4096], 0);
	munmap(p, 16 * MIB);
	client_connect(c);
}

static void test_set_irqs_sequence(void **state)
{
	struct vfu_client *c = *state;
	int e[2] = { eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
		     eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) };
	struct irq_set *set = &c->link.server.dev.msix;
	uint32_t pba;

	/* As QEMU does: enable with none, disable all, enable with two. */
	assert_int_equal(client_set_irqs(c, 2, 0x24, 0, 1, NULL, 0), 0);
	irqs_raise(set, 1);
	assert_int_equal(client_read(c, 0, SVNIC_REG_MSIX_PBA, 4), 0);
	memcpy(&pba, c->data + 16, 4);
	assert_int_equal(pba, 2);
	assert_int_equal(client_set_irqs(c, 2, 0x21, 0, 0, NULL, 0), 0);
	assert_int_equal(client_set_irqs(c, 2, 0x24, 0, 2, e, 2), 0);
	/* What was raised in the gap comes now, once. */
	assert_int_equal(vfu_signals(e[0]), 0);
	assert_int_equal(vfu_signals(e[1]), 1);
	irqs_raise(set, 0);
	assert_int_equal(vfu_signals(e[0]), 1);
	/* A signal that nobody has read survives a new enable. */
	irqs_raise(set, 1);
	assert_int_equal(client_set_irqs(c, 2, 0x21, 0, 0, NULL, 0), 0);
	assert_int_equal(vfu_signals(e[1]), 1);
	assert_int_equal(client_set_irqs(c, 2, 0x24, 1, 1, e, 1), 0);
	assert_int_equal(vfu_signals(e[0]), 1);
	/* Masked: later. */
	assert_int_equal(client_set_irqs(c, 2, 0x09, 1, 1, NULL, 0), 0);
	irqs_raise(set, 1);
	assert_int_equal(vfu_signals(e[0]), 0);
	assert_int_equal(client_set_irqs(c, 2, 0x11, 1, 1, NULL, 0), 0);
	assert_int_equal(vfu_signals(e[0]), 1);
	/* Trigger by hand. */
	assert_int_equal(client_set_irqs(c, 2, 0x21, 1, 1, NULL, 0), 0);
	assert_int_equal(vfu_signals(e[0]), 1);
	close(e[0]);
	close(e[1]);
}

static void test_set_irqs_wrong(void **state)
{
	struct vfu_client *c = *state;
	int e[3] = { eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
		     eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), vfu_memory(4096) };

	assert_int_equal(client_set_irqs(c, 2, 0x24, 0, 3, e, 2), EINVAL);
	assert_int_equal(client_set_irqs(c, 2, 0x24, 1, 2, e, 2), EINVAL);
	assert_int_equal(client_set_irqs(c, 2, 0x24, UINT32_MAX, 2, e, 2),
			 EINVAL);
	assert_int_equal(client_set_irqs(c, 2, 0x24, 0, 2, e, 1), EINVAL);
	assert_int_equal(client_set_irqs(c, 2, 0x24, 0, 1, e, 2), EINVAL);
	assert_int_equal(client_set_irqs(c, 2, 0x24, 0, 2, e + 1, 2), EINVAL);
	assert_int_equal(client_set_irqs(c, 2, 0x14, 0, 1, e, 1), ENOTSUP);
	assert_int_equal(client_set_irqs(c, 2, 0x23, 0, 1, NULL, 0), EINVAL);
	assert_int_equal(client_set_irqs(c, 2, 0x01, 0, 1, NULL, 0), EINVAL);
	assert_int_equal(client_set_irqs(c, 2, 0x22, 0, 2, NULL, 0), EINVAL);
	assert_int_equal(client_set_irqs(c, 0, 0x24, 0, 1, e, 1), EINVAL);
	assert_int_equal(client_set_irqs(c, 6, 0x24, 0, 1, e, 1), EINVAL);
	/* QEMU turns off what we do not have. */
	assert_int_equal(client_set_irqs(c, 0, 0x21, 0, 0, NULL, 0), 0);
	/* The tenants' interrupts: up to the last. */
	assert_int_equal(client_set_irqs(c, 5, 0x24, 4094, 2, e, 2), 0);
	irqs_raise(&c->link.server.dev.guest, 4095);
	irqs_raise(&c->link.server.dev.guest, 4096);
	assert_int_equal(vfu_signals(e[1]), 1);
	close(e[0]);
	close(e[1]);
	close(e[2]);
}

static void test_write_multi(void **state)
{
	struct vfu_client *c = *state;
	struct {
		uint64_t nr;
		struct vfu_region_write8 w[2];
	} m = { 2,
		{ { { SVNIC_REG_SQ_LO, 0, 4 }, { 1 } },
		  { { SVNIC_REG_CQ_LO, 0, 8 }, { 2, 0, 0, 0, 3 } } } };

	assert_int_equal(client_call(c, VFU_REGION_WRITE_MULTI, &m, sizeof(m),
				     NULL, 0),
			 0);
	assert_int_equal(c->core.reg[SVNIC_REG_SQ_LO / 4], 1);
	assert_int_equal(c->core.reg[SVNIC_REG_CQ_LO / 4], 2);
	assert_int_equal(c->core.reg[SVNIC_REG_CQ_HI / 4], 3);
	m.nr = 3;
	assert_int_equal(client_call(c, VFU_REGION_WRITE_MULTI, &m, sizeof(m),
				     NULL, 0),
			 EINVAL);
	m.nr = UINT64_MAX / 24 + 2;
	assert_int_equal(client_call(c, VFU_REGION_WRITE_MULTI, &m, sizeof(m),
				     NULL, 0),
			 EINVAL);
	m.nr = 1;
	m.w[0].access.count = 9;
	assert_int_equal(client_call(c, VFU_REGION_WRITE_MULTI, &m, sizeof(m),
				     NULL, 0),
			 EINVAL);
}

#define T(name, up) cmocka_unit_test_setup_teardown(name, up, vfu_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_version, vfu_setup_new),
		T(test_version_tolerant, vfu_setup_new),
		T(test_info, vfu_setup),
		T(test_dma, vfu_setup),
		T(test_dma_wrong_fd, vfu_setup),
		T(test_config_space, vfu_setup),
		T(test_registers, vfu_setup),
		T(test_doorbells, vfu_setup),
		T(test_set_irqs_sequence, vfu_setup),
		T(test_set_irqs_wrong, vfu_setup),
		T(test_write_multi, vfu_setup),
	};

	log_set_level(LOG_LEVEL_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
