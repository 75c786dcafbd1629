// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tests of the firmware core share; see core_fixture.h.
 */
#include "core_fixture.h"

#define MEMORY (2048u * SVNIC_PAGE_SIZE)

int fixture_setup(void **state)
{
	return fixture_setup_ports(state, 1);
}

int fixture_setup_ports(void **state, unsigned int nr_ports)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->config = (struct core_config) {
		.nr_workers = sim_nr_workers(),
		.nr_links = 2,
		.nr_ports = nr_ports,
		.max_vifs = 16,
		.nr_queues = 32,
		.nr_chunks = 64,
		.mac = { 0x02, 0x53, 0x56, 0, 0, 0xff },
		.epoch = 7,
	};
	f->arena_size = core_arena_size(&f->config);
	assert_int_equal(posix_memalign(&f->arena, 64, f->arena_size), 0);
	memset(f->arena, 0, f->arena_size);
	sim_init(2, nr_ports, MEMORY);
	assert_int_equal(core_init(f->arena, f->arena_size, &f->config,
				   &f->core, &f->adopted),
			 0);
	assert_false(f->adopted);
	sim_host_init(&f->host[0], f->core, 0);
	sim_host_init(&f->host[1], f->core, 1);
	*state = f;
	return 0;
}

int fixture_teardown(void **state)
{
	struct fixture *f = *state;

	sim_fini();
	free(f->arena);
	free(f);
	return 0;
}

struct svnic_vif_config fixture_config(unsigned int n)
{
	struct svnic_vif_config c = {
		.mac = { 0x02, 0, 0, 0, 0, (uint8_t)n },
		.mtu = 1500,
	};

	return c;
}

struct sim_guest *fixture_guest_with(struct fixture *f, unsigned int n,
				     const struct svnic_vif_config *config)
{
	struct sim_guest *g = &f->guest[n];

	assert_int_equal(sim_vif_create(&f->host[0], n, config), SVNIC_ST_OK);
	assert_int_equal(f->host[0].result, n);
	sim_guest_init(g, &f->host[0], n, 0, FIXTURE_ORDER);
	sim_provide(g, 32, FIXTURE_BUFFER);
	sim_ring(g);
	sim_settle(f->core);
	return g;
}

struct sim_guest *fixture_guest(struct fixture *f, unsigned int n)
{
	struct svnic_vif_config config = fixture_config(n);

	return fixture_guest_with(f, n, &config);
}

void fixture_frame(uint8_t *frame, uint32_t len, unsigned int to,
		   unsigned int from)
{
	static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };
	const uint8_t dst[6] = { 0x02, 0, 0, 0, 0, (uint8_t)to };
	const uint8_t src[6] = { 0x02, 0, 0, 0, 0, (uint8_t)from };
	uint32_t i;

	for (i = 0; i < len; i++)
		frame[i] = (uint8_t)(i * 31 + i / 256 * 7 + from);
	memcpy(frame, to == 255 ? all : dst, 6);
	memcpy(frame + 6, src, 6);
	frame[12] = 0x88;
	frame[13] = 0xb5; /* for experiments (IEEE 802) */
}

void fixture_send(struct fixture *f, unsigned int from, const void *frame,
		  uint32_t len)
{
	sim_send(&f->guest[from], frame, len, SVNIC_PAGE_SIZE, NULL);
	sim_ring(&f->guest[from]);
	sim_settle(f->core);
	assert_true(svnic_tx_return(&f->guest[from].tx) >= 0);
}

struct svnic_vif_stats fixture_stats(struct fixture *f, unsigned int n)
{
	const struct svnic_vif_info *info = sim_vif_query(&f->host[0], n);

	assert_non_null(info);
	return info->stats;
}

uint64_t fixture_tx(struct fixture *f, unsigned int n, unsigned int verdict)
{
	return fixture_stats(f, n).tx_verdict[verdict];
}

uint64_t fixture_rx(struct fixture *f, unsigned int n, unsigned int verdict)
{
	return fixture_stats(f, n).rx_verdict[verdict];
}

void fixture_expect(struct sim_guest *g, const void *frame, uint32_t len)
{
	static uint8_t got[SVNIC_FRAME_MAX];
	struct svnic_meta meta;

	assert_int_equal(sim_receive(g, got, sizeof(got), &meta), len);
	assert_memory_equal(got, frame, len);
}

void fixture_expect_none(struct sim_guest *g)
{
	static uint8_t got[SVNIC_FRAME_MAX];
	struct svnic_meta meta;

	assert_int_equal(sim_receive(g, got, sizeof(got), &meta), 0);
}
