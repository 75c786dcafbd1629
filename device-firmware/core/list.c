// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doubly linked lists by index; see list.h.  Knows nothing of what is listed.
 * Called by sched.c (active VIFs), domain.c (members), vif.c (monitors) and
 * event.c (queues with an event to write).
 */
#include "list.h"

void list_init(struct list *list)
{
	list->head = LIST_NONE;
	list->tail = LIST_NONE;
	list->nr = 0;
}

void list_push(struct list *list, struct node *nodes, uint16_t idx)
{
	nodes[idx].next = LIST_NONE;
	nodes[idx].prev = list->tail;
	if (list->tail == LIST_NONE)
		list->head = idx;
	else
		nodes[list->tail].next = idx;
	list->tail = idx;
	list->nr++;
}

void list_remove(struct list *list, struct node *nodes, uint16_t idx)
{
	struct node n = nodes[idx];

	if (n.prev == LIST_NONE)
		list->head = n.next;
	else
		nodes[n.prev].next = n.next;
	if (n.next == LIST_NONE)
		list->tail = n.prev;
	else
		nodes[n.next].prev = n.prev;
	list->nr--;
}

uint16_t list_pop(struct list *list, struct node *nodes)
{
	uint16_t idx = list->head;

	if (idx != LIST_NONE)
		list_remove(list, nodes, idx);
	return idx;
}
