/*
 * terminal.h - what the viewer asks of the terminal device itself: raw mode, size, readiness, a
 * memory
 * file.
 *
 * Layer   sys. Descriptors belong to the caller.
 * State   none here; struct terminal_mode keeps what must be put back.
 */
#ifndef SYS_TERMINAL_H
#define SYS_TERMINAL_H
#include <stdbool.h>
#include <stddef.h>

struct terminal_mode;

bool terminal_is(int fd);
/* Rows and columns; 24 x 80 when the device cannot tell. */
void terminal_size(int fd, int *rows, int *cols);
/* Raw: no echo, no signals, no translation. NULL when fd is no terminal. terminal_restore frees
 * it, NULL
 * is fine. */
struct terminal_mode *terminal_raw(int fd);
void terminal_again(const struct terminal_mode *m);       /* raw once more, after a suspend */
void terminal_cooked(const struct terminal_mode *m);      /* as it was, without freeing */
void terminal_restore(struct terminal_mode *m);
bool terminal_writable(int fd);                      /* a write would not block now */
bool terminal_gone(int fd);                          /* hung up */
/* an unnamed file in memory, close-on-exec; -1 with errno */
int  terminal_memory_file(void);
bool terminal_file_reset(int fd);                    /* empties it and rewinds */
void terminal_suspend(void);                         /* stops this process until SIGCONT */

enum { TERMINAL_SIGHUP, TERMINAL_SIGTERM, TERMINAL_SIGINT, TERMINAL_SIGWINCH,
    TERMINAL_SIGNAL_COUNT };
int  terminal_signal(int which);                     /* its number here */

#endif
