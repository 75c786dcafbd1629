/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapping of the card's memory.  A file is locked, because two cards on one
 * arena would destroy each other, and allocated, because a full file system
 * must not show as SIGBUS.  Called by card.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "log.h"

static int arena_open_file(const char *path, size_t size)
{
	struct stat st;
	int fd, err;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		err = -errno;
		log_warn("cannot open the arena %s", path);
		return err;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		err = -errno;
		log_err("the arena %s is in use by another svnic-fw", path);
		goto err_close;
	}
	err = fstat(fd, &st) < 0 ? -errno : 0;
	if (!err && (size_t)st.st_size < size)
		err = -posix_fallocate(fd, 0, (off_t)size);
	if (!err)
		return fd;
	log_err("cannot make the arena %s %zu octets long: %s", path, size,
		strerror(-err));
err_close:
	close(fd);
	return err;
}

int arena_open(struct arena *a, const char *path, size_t size)
{
	int err;

	a->size = size;
	if (path) {
		a->fd = arena_open_file(path, size);
		if (a->fd < 0)
			return a->fd;
	} else {
		a->fd = memfd_create("svnic-arena", MFD_CLOEXEC);
		if (a->fd < 0 || ftruncate(a->fd, (off_t)size) < 0)
			goto err;
	}
	a->mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, a->fd, 0);
	if (a->mem != MAP_FAILED)
		return 0;
err:
	err = -errno;
	log_warn("no memory for an arena of %zu octets", size);
	if (a->fd >= 0)
		close(a->fd);
	return err;
}

void arena_close(struct arena *a)
{
	munmap(a->mem, a->size);
	close(a->fd);
}
