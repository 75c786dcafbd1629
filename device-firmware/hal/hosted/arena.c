/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapping of the card's memory.  A file is locked, because two cards on one
 * arena would destroy each other, and allocated, because a full file system
 * must not show as SIGBUS.  Called by card.c and owner.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "log.h"

#define LOCK_TRIES 100
#define LOCK_WAIT  10000000 /* ns: a card that was killed takes some to go */

static int arena_lock(int fd)
{
	const struct timespec wait = { .tv_nsec = LOCK_WAIT };
	unsigned int i;

	for (i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK)
			break;
		nanosleep(&wait, NULL);
	}
	return -errno;
}

int arena_create(struct arena *a, const char *path)
{
	int err;

	a->mem = NULL;
	if (!path) {
		a->fd = memfd_create("svnic-arena", MFD_CLOEXEC);
		return a->fd < 0 ? log_lack("arena", -errno) : 0;
	}
	a->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (a->fd < 0) {
		err = -errno;
		log_warn("cannot open the arena %s", path);
		return err;
	}
	err = arena_lock(a->fd);
	if (err) {
		log_err("the arena %s is in use by another svnic-fw", path);
		close(a->fd);
		a->fd = -1;
	}
	return err;
}

/* Memory is taken as it is touched, a file's room at once. */
static int arena_grow(int fd, const struct stat *st, size_t size)
{
	if (st->st_nlink > 0)
		return -posix_fallocate(fd, 0, (off_t)size);
	return ftruncate(fd, (off_t)size) < 0 ? -errno : 0;
}

int arena_map(struct arena *a, size_t size)
{
	struct stat st;
	int err;

	err = fstat(a->fd, &st) < 0 ? -errno : 0;
	if (!err && (size_t)st.st_size < size)
		err = arena_grow(a->fd, &st, size);
	if (err)
		goto err;
	a->size = size;
	a->mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, a->fd, 0);
	if (a->mem != MAP_FAILED)
		return 0;
	err = -errno;
	a->mem = NULL;
err:
	log_err("no room for an arena of %zu octets: %s", size, strerror(-err));
	return err;
}

void arena_close(struct arena *a)
{
	if (a->mem)
		munmap(a->mem, a->size);
	close(a->fd);
}
