// SPDX-License-Identifier: GPL-2.0-only
/*
 * rigexec: run commands inside a guest over its Xen console.
 *
 * Three roles in one static program:
 *   agent TTY        in the guest: starts commands, sends their output
 *   mux TTY SOCKET LOG   in dom0: owns the console, many clients at a time
 *   run [-t S] SOCKET CMD...   in dom0: one command; passes on its exit status
 *   wait [-t S] SOCKET         in dom0: until the agent has said hello
 *
 * What is not a frame (frame.h) goes to LOG.  It must never depend on the
 * guest's network or on modules of ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>

#include "rigexec.h"

void fail(const char *fmt, ...)
{
	va_list ap;

	fputs("rigexec: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(RIGEXEC_GONE);
}

int tty_open(const char *path)
{
	struct termios t;
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		fail("cannot open %s: %s", path, strerror(errno));
	if (!tcgetattr(fd, &t)) {
		cfmakeraw(&t);
		tcsetattr(fd, TCSANOW, &t);
	}
	return fd;
}

static int usage(void)
{
	fputs("usage: rigexec agent TTY | mux TTY SOCKET LOG |\n"
	      "       run [-t S] SOCKET CMD... | wait [-t S] SOCKET\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	double seconds = 0;
	const char *role = argc > 1 ? argv[1] : "";

	if (!strcmp(role, "agent") && argc == 3)
		return agent(argv[2]);
	if (!strcmp(role, "mux") && argc == 5)
		return mux(argv[2], argv[3], argv[4]);
	argv += 2;
	if (argc > 4 && !strcmp(argv[0], "-t")) {
		seconds = atof(argv[1]);
		argv += 2;
	}
	if (!strcmp(role, "run") && argc > 3 && argv[0] && argv[1])
		return run(argv[0], argv + 1, seconds);
	if (!strcmp(role, "wait") && argc > 2 && argv[0])
		return run(argv[0], NULL, seconds);
	return usage();
}
