/*
 * rx_parse.h - the text of one pattern as a tree of nodes in an array.
 *
 * Layer   script; pure. Used by rx.c alone. The tree's depth is bounded by RX_DEPTH_MAX, its size
 *         by the pattern's.
 */
#ifndef SCRIPT_RX_PARSE_H
#define SCRIPT_RX_PARSE_H
#include <stdbool.h>
#include "base/err.h"
#include "script/rx_class.h"
#include "script/rx_source.h"

enum { RX_DEPTH_MAX = 32, RX_REPEAT_MAX = 1000 };
enum rx_kind {
	RX_N_BYTE,
	RX_N_ANY,
	RX_N_CLASS,
	RX_N_BOL,
	RX_N_EOL,
	RX_N_WORDB,
	RX_N_NWORDB,
	RX_N_CAT,
	RX_N_ALT,
	RX_N_GROUP,
	RX_N_REPEAT
};

struct rx_node {
	enum rx_kind kind;
	uint8_t byte;
	bool lazy;
	int  min, max;                  /* of REPEAT; max -1 is without end */
	int  index;                     /* class, or group number (0: not captured) */
	int  child, last, next;         /* -1 is none */
};

struct rx_tree {
	struct rx_node *node;
	size_t n, cap;
	struct rx_class *classes;       /* grows; handed over to the machine */
	size_t nclasses;
	int root;
};

/* Appends to t (classes are kept from pattern to pattern); t->root is the new tree. */
enum err rx_parse(
    struct rx_tree *t, const struct rx_source *src, struct rx_pattern *p, struct err_msg *why);

#endif
