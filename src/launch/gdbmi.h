/*
 * gdbmi.h - what gdb says of its target in MI records, for a gdb that a person types at.
 *
 * Layer   launch. gdbmi_init/gdbmi_fini. Lines over 64 KiB are passed over; no recursion.
 * Source  GDB manual, "GDB/MI Output Records": *running, *stopped,reason=..,frame={..},
 *         =thread-group-exited. They come from `new-ui mi2 TTY` beside the console.
 */
#ifndef LAUNCH_GDBMI_H
#define LAUNCH_GDBMI_H
#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "launch/debugstate.h"

struct gdbmi { struct debugstate state; struct buf line; bool skip; };

void     gdbmi_init(struct gdbmi *m);
void     gdbmi_fini(struct gdbmi *m);
/* True: the state is another now. */
bool     gdbmi_feed(struct gdbmi *m, const char *p, size_t n);

#endif
