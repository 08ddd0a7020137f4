/*
 * board.h - a Linux board reached through a program: ssh, or any command that gives a shell.
 *
 * Layer   gauge. Starts the program, keeps the sampling loop in its shell, starts it again when it
 *         ends (after 1 s, then later and later, at most every 30 s).
 * Specs   "ssh:[USER@]HOST[:PORT]": the user's own ssh, with their configuration, keys and jump
 *         hosts; it never asks (BatchMode). "exec:PROGRAM ARG...": words, never a shell string; the
 *         program gives a POSIX shell on its stdin and stdout ("exec:docker exec -i box sh").
 * Owns    the mirror and the child; board_free() ends the child, and with it the loop on the board.
 */
#ifndef GAUGE_BOARD_H
#define GAUGE_BOARD_H
#include <stdbool.h>
#include <sys/types.h>
#include "base/err.h"
#include "gauge/mirror.h"
#include "gauge/remote.h"
#include "loop/loop.h"

struct board;
/* why NULL: the mirror holds a new sample. */
typedef void (*board_cb)(void *arg, const struct err_msg *why);

/* ERR_USAGE with the reason for a spec that is none. */
enum err board_check(const char *spec, struct err_msg *why);
struct board *board_open(struct loop *l, const char *spec, board_cb done, void *arg,
    struct err_msg *why);
void board_free(struct board *b);
/* One sample; done() follows. False while one is under way. */
bool board_sample(struct board *b);
const struct mirror *board_mirror(const struct board *b);
struct remote *board_remote(struct board *b);

#endif
