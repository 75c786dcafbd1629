/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rigexec: run commands inside a guest over its Xen console.  What its three
 * roles have in common, and the roles.
 */
#ifndef RIGEXEC_H
#define RIGEXEC_H

#define RIGEXEC_SLOTS	64   /* commands at a time */
#define RIGEXEC_CHUNK	3072 /* octets of payload in one frame */
#define RIGEXEC_TIMEOUT 124  /* exit statuses, as timeout(1) has them */
#define RIGEXEC_GONE	125

/* Say why, and exit with RIGEXEC_GONE. */
void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
/* Open a terminal, raw and without blocking. */
int tty_open(const char *path);

/* In the guest: starts commands, sends their output. */
int agent(const char *tty);
/* In dom0: owns the console, for many clients at a time. */
int mux(const char *tty, const char *sock, const char *log);
/*
 * In dom0: one command; returns its exit status.  With @argv NULL it only
 * waits until the agent has said hello.  @seconds: 0 is for ever.
 */
int run(const char *sock, char **argv, double seconds);

#endif /* RIGEXEC_H */
