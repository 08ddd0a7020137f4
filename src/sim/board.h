/*
 * board.h - `vise-sim board DIR`: everything of the simulated board, alive until SIGTERM.
 *
 * Layer   sim. Makes in DIR: tty (a link to the console's pty), proc/ and sys/ (tree.h),
 *         pprof.sock (http.h), heap-a.pb.gz, heap-b.pb.gz. Takes all of it away again at the end.
 */
#ifndef SIM_BOARD_H
#define SIM_BOARD_H
#include "base/err.h"
#include "loop/loop.h"

struct board;

/* fast: board seconds that pass in one second, 1 or more. */
enum err board_open(
    struct loop *l, const char *dir, unsigned fast, struct board **out, struct err_msg *why);
void     board_close(struct board *b);  /* NULL is fine */

#endif
