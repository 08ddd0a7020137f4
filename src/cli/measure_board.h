/*
 * measure_board.h - a shell on a board for `vise measure`: one link, one command at a time, and
 * whatever was changed there is put back when the link ends, however it ends.
 *
 * Layer   cli. measure_board_open() .. _close(); what waits in between turns the loop.
 * Specs   as in gauge/link.h: ssh:HOST, exec:PROGRAM; "local" is exec:sh.
 * There   a folder of mode 0700 below /tmp holds the program and its log. A trap of the shell (also
 *         for the end of its input) ends the program and the load, writes the governors back and
 *         removes the folder. Commands run with no input.
 * Errors  ERR_LOST when the link ends, ERR_TIMEOUT, ERR_CANCELLED after a signal.
 */
#ifndef CLI_MEASURE_BOARD_H
#define CLI_MEASURE_BOARD_H
#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "loop/loop.h"

struct measure_board;

struct measure_loop {
	struct loop *loop;
	int signal;                     /* one that came, 0: none */
};

/* Turns the loop until *flag, a signal, or the time is over. */
enum err measure_wait(struct measure_loop *l, const bool *flag, uint64_t ns, struct err_msg *why);

enum err measure_board_open(struct measure_loop *l, const char *spec, const char *sys_root,
    struct measure_board **out, struct err_msg *why);
void measure_board_close(struct measure_board *b);      /* waits for the clean-up; NULL is fine */

/* Runs a line of shell; *status is its exit status, reply its output (both streams). */
enum err measure_ask(struct measure_board *b, const char *line, uint64_t ns, struct buf *reply,
    int *status, struct err_msg *why);
/* ns of an empty question: the link and the shell. */
uint64_t measure_board_round(const struct measure_board *b);

/* Copies a file into the board's folder as `prog`, checked by its length and sum. */
enum err measure_upload(struct measure_board *b, const char *file, struct err_msg *why);

/* 'text' as one word of a shell. */
void measure_quote(const char *text, struct buf *out);

#endif
