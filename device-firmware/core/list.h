/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Doubly linked lists by index.  The nodes of one kind of list are one array
 * beside the objects that they stand for, so that walking a list touches
 * little memory and nothing in the arena is a pointer.
 */
#ifndef CORE_LIST_H
#define CORE_LIST_H

#include <stdint.h>

#define LIST_NONE 0xffffu

struct node {
	uint16_t prev;
	uint16_t next;
};

struct list {
	uint16_t head;
	uint16_t tail;
	uint32_t nr;
};

void list_init(struct list *list);
/* At the end; @idx must not be on a list of these nodes. */
void list_push(struct list *list, struct node *nodes, uint16_t idx);
void list_remove(struct list *list, struct node *nodes, uint16_t idx);
/* The first, which leaves the list, or LIST_NONE. */
uint16_t list_pop(struct list *list, struct node *nodes);

#endif /* CORE_LIST_H */
