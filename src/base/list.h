/*
 * list.h - an intrusive doubly linked list; the head is a node too, an empty list points at itself.
 *
 * Layer   base. Owns nothing. A node must be initialised or on one list; list_del on a lone
 *         node is fine.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H
#include <stdbool.h>
#include <stddef.h>

struct list { struct list *prev, *next; };

#define LIST_ENTRY(node, type, member) \
	((type *)(void *)((char *)(node) - offsetof(type, member)))
#define LIST_EACH(it, head) \
	for (struct list *it = (head)->next; it != (head); it = it->next)
/* The node may be removed inside the body. */
#define LIST_EACH_SAFE(it, head) \
	for (struct list *it = (head)->next, *it##_next = it->next; it != (head); \
	    it = it##_next, it##_next = it->next)

static inline void
list_init(struct list *l)
{
	l->prev = l->next = l;
}

static inline bool
list_empty(const struct list *l)
{
	return l->next == l;
}

static inline void
list_add_tail(struct list *head, struct list *node)
{
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

static inline void
list_del(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->prev = node->next = node;
}

#endif
