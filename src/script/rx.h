/*
 * rx.h - patterns for device data: compiled once, fed in pieces, linear time whatever they are.
 *
 * Layer   script; pure (base only). Thompson/Pike simulation, leftmost-first as Go's regexp
 *         (RE2).
 * Syntax  the subset of RE2 (https://github.com/google/re2/wiki/Syntax): literals, . [classes]
 *         [[:posix:]] \d \w \s \D \W \S \n \r \t \f \v \a \e \xHH \b \B, * + ? {n,m} and their
 *         lazy forms, groups ( ) (?: ) (?P<n> ) (?<n> ), (?i) at the front, alternation. ^ and $
 *         mean begin and end of a line; $ also stands before a CR. Bytes, not characters: binary
 *         data is fine, a class takes ASCII only, . is one byte, never LF.
 * Set     several patterns form one machine: the earliest start wins, at one start the first of
 *         the list that matches. A match is decided when no better one is possible: the result
 *         does not depend on how bytes arrive.
 * Errors  ERR_USAGE for bad syntax, ERR_LIMIT for patterns over LIMIT_PATTERN or machines over
 *         RX_CODE_MAX.
 */
#ifndef SCRIPT_RX_H
#define SCRIPT_RX_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "script/rx_class.h"
#include "script/rx_source.h"

enum { RX_SLOTS = 2 * RX_GROUPS, RX_CODE_MAX = 8192, RX_SET_MAX = 64 };

enum rx_op {
	RX_BYTE,
	RX_ANY,
	RX_CLASS,
	RX_JUMP,
	RX_SPLIT,
	RX_SAVE,
	RX_BOL,
	RX_EOL,
	RX_WORDB,
	RX_NWORDB,
	RX_MATCH
};

/* SPLIT prefers x; CLASS and SAVE keep an index in x */
struct rx_inst { uint8_t op, byte; uint16_t x, y; };

/* Read-only after rx_compile. */
struct rx {
	struct rx_inst *code;
	size_t n, cap;
	struct rx_class *classes;
	size_t nclasses;
	struct rx_pattern *patterns;
	size_t count;
	unsigned slots;                 /* of a thread: twice the most groups of any pattern */
	bool first[256];                /* bytes that can begin a match */
	bool empty;                     /* a pattern can match nothing at all */
};

enum err rx_compile(
    const struct rx_source *src, size_t count, struct rx **out, struct err_msg *why);
void     rx_free(struct rx *rx);

#endif
