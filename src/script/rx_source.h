/*
 * rx_source.h - a pattern before it is compiled, and what is known of it after: the words that
 * rx.h and its parser share.
 *
 * Layer   script; pure.
 */
#ifndef SCRIPT_RX_SOURCE_H
#define SCRIPT_RX_SOURCE_H
#include <stddef.h>

enum { RX_LITERAL = 1, RX_NOCASE = 2 };         /* rx_source.flags */
enum { RX_GROUPS = 16, RX_NAME_MAX = 32 };

struct rx_source { const char *text; size_t n; unsigned flags; };
struct rx_pattern { unsigned groups; char name[RX_GROUPS][RX_NAME_MAX]; };

#endif
