/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SIGINT and SIGTERM as an ordinary end of a command that goes on for ever.
 * They are delivered only inside signals_poll() and signals_sleep(), so that
 * none is lost between a look and a wait.
 */
#ifndef ADMIN_SIGNALS_H
#define ADMIN_SIGNALS_H

#include <stdbool.h>

void signals_catch(void);
bool signals_came(void);
/* Until @fd is readable: true; false: a signal came. */
bool signals_poll(int fd);
/* false: a signal came before @ms were over. */
bool signals_sleep(unsigned long ms);

#endif /* ADMIN_SIGNALS_H */
