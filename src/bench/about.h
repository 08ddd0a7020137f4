/*
 * about.h - commands about the bench itself: options, notices, information, the end. Private to
 * bench/.
 *
 * Layer   bench. The table is bench_about_commands of hub.h.
 */
#ifndef BENCH_ABOUT_H
#define BENCH_ABOUT_H
#include "bench/hub.h"

#endif
