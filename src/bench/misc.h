/*
 * misc.h - commands about the bench itself: options, notices, information, the end. Private to
 * bench/.
 *
 * Layer   bench. The table is bench_misc_commands of hub.h.
 */
#ifndef BENCH_MISC_H
#define BENCH_MISC_H
#include "bench/hub.h"

#endif
