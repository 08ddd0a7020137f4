/*
 * tty.h - what serial ports and pseudo-terminals share: raw settings, modem lines, break.
 *
 * Layer   transport, private. Works on a descriptor; owns nothing.
 * Source  Linux drivers/tty/tty_ioctl.c (termios2 with BOTHER: any speed), termios(3).
 * Rule    VMIN 1: an idle read gives EAGAIN and 0 is a hang-up; HUPCL off: closing makes no
 *         edge on DTR.
 */
#ifndef TRANSPORT_TTY_H
#define TRANSPORT_TTY_H
#include <stdbool.h>
#include <stddef.h>
#include "base/err.h"
#include "transport/transport.h"

/* Raw mode and the settings; ERR_UNSUPPORTED when the driver gives another speed (over 2.5
 * % off). */
enum err tty_configure(int fd, const char *path, const struct transport_settings *s,
    struct err_msg *why);
enum err tty_lines(int fd, const char *path, unsigned *lines, struct err_msg *why);
enum err tty_lines_set(int fd, const char *path, unsigned mask, unsigned on, struct err_msg *why);
enum err tty_set_break(int fd, const char *path, bool on, struct err_msg *why);
/* As the settings say; -1 leaves it. ERR_UNSUPPORTED where the driver has no RS-485. */
enum err tty_rs485(int fd, const char *path, const struct transport_settings *s,
    struct err_msg *why);
size_t   tty_kernel_queue(int fd);
void     tty_exclusive(int fd, bool on);        /* TIOCEXCL */
void     tty_no_closing_wait(int fd);           /* best effort: needs the driver and the right */
void     tty_drop_output(int fd); /* so that close does not wait for a stopped board */
bool     tty_is(int fd);

#endif
