/* terminal.c - raw mode, size and readiness of the terminal device. */
#include "sys/terminal.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"

struct terminal_mode {
	int fd;
	struct termios saved, raw;
};

bool
terminal_is(int fd)
{
	return isatty(fd) == 1;
}

void
terminal_size(int fd, int *rows, int *cols)
{
	struct winsize w = { 0 };

	*rows = 24;
	*cols = 80;
	if (ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_row > 0 && w.ws_col > 0) {
		*rows = w.ws_row;
		*cols = w.ws_col;
	}
}

struct terminal_mode *
terminal_raw(int fd)
{
	struct terminal_mode *m = mem_zero(1, sizeof *m);

	m->fd = fd;
	if (tcgetattr(fd, &m->saved) != 0) {
		mem_free(m);
		return NULL;
	}
	m->raw = m->saved;
	cfmakeraw(&m->raw);
	(void)tcsetattr(fd, TCSADRAIN, &m->raw);
	return m;
}

void
terminal_again(const struct terminal_mode *m)
{
	if (m != NULL)
		(void)tcsetattr(m->fd, TCSADRAIN, &m->raw);
}

/* TCSANOW: a terminal that is stuck must not hold us at the exit. */
void
terminal_cooked(const struct terminal_mode *m)
{
	if (m != NULL)
		(void)tcsetattr(m->fd, TCSANOW, &m->saved);
}

void
terminal_restore(struct terminal_mode *m)
{
	terminal_cooked(m);
	mem_free(m);
}

bool
terminal_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0;
}

bool
terminal_gone(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

int
terminal_memory_file(void)
{
	return memfd_create("vise-screen", MFD_CLOEXEC);
}

bool
terminal_file_reset(int fd)
{
	return ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0;
}

void
terminal_suspend(void)
{
	(void)raise(SIGSTOP);
}

int
terminal_signal(int which)
{
	static const int number[TERMINAL_SIGNAL_COUNT] = { SIGHUP, SIGTERM, SIGINT, SIGWINCH };

	return number[which];
}
