/*
 * debugstate.h - what the target of a debugger does: runs, or stands where and why.
 *
 * Layer   launch. A plain value; texts are cut to their fields and hold no control bytes.
 * Source  of gdb, its MI records (gdbmi.h); of Delve, its JSON-RPC (delve.h).
 */
#ifndef LAUNCH_DEBUGSTATE_H
#define LAUNCH_DEBUGSTATE_H
#include <stdbool.h>
#include "base/slice.h"
#include "core/json.h"

enum debug_word { DEBUG_STARTING, DEBUG_RUNNING, DEBUG_STOPPED, DEBUG_EXITED, DEBUG_OVER };

struct debugstate {
	enum debug_word word;
	char why[64];                   /* "breakpoint 1", "SIGINT", "step"; "" not known */
	char func[96], file[160];       /* file: without its folders */
	char addr[24];                  /* "0x08000550" */
	unsigned line;                  /* 0: not known */
};

const char *debugstate_word(enum debug_word w);         /* "stopped" */
/* Copies without control bytes, cut at a whole character. */
void     debugstate_put(char *out, size_t size, struct slice s);
void     debugstate_file(struct debugstate *d, struct slice path);
bool     debugstate_same(const struct debugstate *a, const struct debugstate *b);
/* "stopped at main.c:12 in loop (breakpoint 1)" */
void     debugstate_text(const struct debugstate *d, char *out, size_t size);
/* state, why, func, file, line, addr into o. */
void     debugstate_json(const struct debugstate *d, json_t *o);

#endif
