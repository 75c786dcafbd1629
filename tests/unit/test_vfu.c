/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The client of vfio-user and a server that sends what was not asked for.
 */
#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "local/vfu.h"

#define VERSION_REPLY 1u

struct header {
	uint16_t id, command;
	uint32_t size, flags, error;
};

struct server {
	int listener;
	unsigned int fds; /* with each reply */
	bool cut;	  /* half a header */
};

static unsigned int count_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int nr = 0;

	while (dir && readdir(dir))
		nr++;
	if (dir)
		closedir(dir);
	return nr;
}

static void reply(const struct server *s, int fd, const void *data, size_t len)
{
	char room[CMSG_SPACE(8 * sizeof(int))] = { 0 };
	struct iovec iov = { (void *)data, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fds[8] = { 0 };
	struct cmsghdr *cmsg;

	if (s->fds) {
		msg.msg_control = room;
		msg.msg_controllen = CMSG_SPACE(s->fds * sizeof(int));
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(s->fds * sizeof(int));
		memcpy(CMSG_DATA(cmsg), fds, s->fds * sizeof(int));
	}
	if (sendmsg(fd, &msg, MSG_NOSIGNAL) < 0)
		perror("sendmsg");
}

static void *serve(void *arg)
{
	const struct server *s = arg;
	int fd = accept(s->listener, NULL, NULL);
	struct {
		struct header h;
		uint16_t major, minor;
	} answer;
	char asked[1024];

	if (read(fd, asked, sizeof(asked)) < (ssize_t)sizeof(struct header))
		perror("read");
	memcpy(&answer.h, asked, sizeof(answer.h));
	answer.h.size = sizeof(answer);
	answer.h.flags = VERSION_REPLY;
	answer.major = answer.minor = 0;
	reply(s, fd, &answer, s->cut ? 8 : sizeof(answer));
	close(fd);
	return NULL;
}

static int open_with(unsigned int fds, bool cut)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct server s = { .fds = fds, .cut = cut };
	char folder[] = "/tmp/svnic-unit.XXXXXX";
	pthread_t thread;
	struct vfu v;
	int rc;

	assert_non_null(mkdtemp(folder));
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/s", folder);
	s.listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(s.listener, (void *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(s.listener, 1), 0);
	pthread_create(&thread, NULL, serve, &s);
	rc = vfu_open(&v, addr.sun_path);
	pthread_join(thread, NULL);
	if (rc == 0)
		vfu_close(&v);
	close(s.listener);
	unlink(addr.sun_path);
	rmdir(folder);
	return rc;
}

/* Whatever comes along, nothing of it stays open. */
static void test_descriptors(void **state)
{
	unsigned int before, fds;

	(void)state;
	assert_int_equal(open_with(0, false), 0);
	before = count_files();
	for (fds = 0; fds <= 8; fds++) {
		assert_int_equal(open_with(fds, false), 0);
		assert_int_not_equal(open_with(fds, true), 0);
		assert_int_equal(count_files(), before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
