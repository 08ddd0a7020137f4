/*
 * ocd_core.h - run control, core registers and memory by OpenOCD. Private to bench/.
 *
 * Layer   bench. The commands are bench_ocd_core_commands of hub.h. Memory is read while the core
 *         runs where the core allows it (a Cortex-M does).
 */
#ifndef BENCH_OCD_CORE_H
#define BENCH_OCD_CORE_H
#include "bench/ocd.h"

enum { OCD_READ_MAX = 65536, OCD_STEPS_MAX = 1000 };

#endif
