// SPDX-License-Identifier: GPL-2.0-only
/*
 * A card and a backend that misbehave: beside the real ones it writes into the
 * memory of the rig's machine, FILE, where they write.
 *
 *	rudecard FILE find SECONDS
 *		"KIND OFFSET CHANGES" of pages that changed meanwhile, the most
 *		changed first: ctrl (a queue pair's control page), done (rx
 *		completions), ring (a control ring)
 *	rudecard FILE set OFFSET VALUE
 *		a word of 32 bits; +N and -N are relative
 *	rudecard FILE storm OFFSET LENGTH SECONDS
 *		nonsense into any of these words, again and again
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE  4096u
#define WORDS (PAGE / 4)
#define FOUND 8192u

enum kind {
	NONE,
	CTRL,
	DONE,
	RING
};

static const char *const kind_text[] = { "", "ctrl", "done", "ring" };

struct found {
	enum kind kind;
	uint32_t changes;
	uint64_t offset;
	uint32_t before[WORDS];
};

static volatile uint32_t *memory;
static uint64_t size;
static struct found found[FOUND];
static unsigned int nr_found;

static bool are_zero(const uint32_t *w, unsigned int from, unsigned int to)
{
	while (from < to)
		if (w[from++])
			return false;
	return true;
}

/* struct svnic_queue_ctrl, running, and nothing else in the page. */
static bool is_ctrl(const uint32_t *w)
{
	return w[18] == 1 && w[2] && w[2] - w[17] <= 4096 &&
	       w[0] - w[16] <= 4096 && are_zero(w, 5, 16) &&
	       are_zero(w, 21, WORDS);
}

/* struct svnic_meta of received frames. */
static bool is_done(const uint32_t *w)
{
	unsigned int i, used = 0;

	for (i = 0; i < WORDS; i += 4) {
		uint32_t flags = w[i] & 0xffff, len = w[i] >> 16;

		if (are_zero(w, i, i + 4))
			continue;
		if (flags > 0xff || len == 0 || len > PAGE ||
		    w[i + 1] >> 24 > 20)
			return false;
		used++;
	}
	return used >= 16;
}

/* Ours, or netif's of staging grants. */
static bool is_message(uint32_t type)
{
	return type >> 8 == 0x53 || (type >= 8 && type <= 10);
}

/* A control ring with answers to messages. */
static bool is_ring(const uint32_t *w)
{
	unsigned int i, used = 0;

	if (!w[2] || w[0] - w[2] > 128)
		return false;
	for (i = 16; i + 4 <= 16 + 8 * 4; i += 4) {
		if (are_zero(w, i, i + 4))
			continue;
		if (!is_message(w[i] >> 16) || w[i + 1] > 3)
			return false;
		used++;
	}
	return used;
}

static void look(uint64_t offset)
{
	struct found *f = &found[nr_found];

	if (nr_found == FOUND)
		return;
	memcpy(f->before, (void *)(memory + offset / 4), PAGE);
	f->kind = is_ctrl(f->before)   ? CTRL
		  : is_ring(f->before) ? RING
		  : is_done(f->before) ? DONE
				       : NONE;
	f->offset = offset;
	nr_found += f->kind != NONE;
}

static void look_all(int fd)
{
	off_t at = 0, end;

	while ((at = lseek(fd, at, SEEK_DATA)) >= 0) {
		end = lseek(fd, at, SEEK_HOLE);
		for (; at < end; at += PAGE)
			look((uint64_t)at);
	}
}

/* Of a ring only what its other side says counts. */
static void count(struct found *f)
{
	const volatile uint32_t *now = memory + f->offset / 4;
	unsigned int i;

	if (f->kind == CTRL)
		f->changes = now[16] - f->before[16] + now[17] - f->before[17];
	else if (f->kind == RING)
		f->changes = now[2] - f->before[2];
	else
		for (i = 0; i < WORDS; i++)
			f->changes += now[i] != f->before[i];
}

static int by_changes(const void *a, const void *b)
{
	uint32_t x = ((const struct found *)a)->changes;
	uint32_t y = ((const struct found *)b)->changes;

	return x < y ? 1 : x > y ? -1 : 0;
}

static void find(int fd, unsigned int seconds)
{
	unsigned int i;

	look_all(fd);
	sleep(seconds);
	for (i = 0; i < nr_found; i++)
		count(&found[i]);
	qsort(found, nr_found, sizeof(found[0]), by_changes);
	for (i = 0; i < nr_found && found[i].changes; i++)
		printf("%s %" PRIu64 " %" PRIu32 "\n", kind_text[found[i].kind],
		       found[i].offset, found[i].changes);
}

static uint32_t random_word(void)
{
	static uint32_t x = 0x9e3779b9;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

static void storm(uint64_t offset, uint32_t len, unsigned int seconds)
{
	static const uint32_t corner[] = { 0,	       1,	   2,
					   4096,       0x7fffffff, 0x80000000,
					   0xffff0000, 0xffffffff };
	time_t end = time(NULL) + seconds;
	volatile uint32_t *w;
	uint32_t n;

	while (time(NULL) <= end) {
		w = memory + offset / 4 + random_word() % (len / 4);
		n = random_word() >> 8;
		switch (n % 4) {
		case 0:
			*w = random_word();
			break;
		case 1:
			*w += n / 4 % 1000;
			break;
		case 2:
			*w -= n / 4 % 1000;
			break;
		default:
			*w = corner[n / 4 % 8];
		}
		usleep(100);
	}
}

static int usage(void)
{
	fprintf(stderr, "usage: rudecard FILE find SECONDS |"
			" set OFFSET VALUE | storm OFFSET LENGTH SECONDS\n");
	return 2;
}

int main(int argc, char **argv)
{
	uint64_t offset;
	struct stat st;
	uint32_t value;
	int fd;

	if (argc < 4)
		return usage();
	fd = open(argv[1], O_RDWR);
	if (fd < 0 || fstat(fd, &st)) {
		perror(argv[1]);
		return 1;
	}
	size = (uint64_t)st.st_size;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED) {
		perror(argv[1]);
		return 1;
	}
	offset = strtoull(argv[3], NULL, 0);
	if (strcmp(argv[2], "find") == 0) {
		find(fd, (unsigned int)offset);
		return 0;
	}
	if (argc < 5 || offset % 4 || offset > size - PAGE)
		return usage();
	value = (uint32_t)strtoll(argv[4], NULL, 0);
	if (strcmp(argv[2], "set") == 0) {
		if (*argv[4] == '+' || *argv[4] == '-')
			value += memory[offset / 4];
		memory[offset / 4] = value;
		return 0;
	}
	if (argc < 6 || strcmp(argv[2], "storm") != 0 || value < 4 ||
	    value > PAGE)
		return usage();
	storm(offset, value, (unsigned int)atoi(argv[5]));
	return 0;
}
