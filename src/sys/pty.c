/* pty.c - pseudo-terminal pairs. */
#include "sys/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "sys/io.h"

enum err
sys_pty_open(int *master, int *slave, char *name, size_t name_size, bool raw, struct err_msg *why)
{
	char path[64];
	struct termios t;

	*slave = -1;
	*master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*master < 0)
		return err_errno(why, errno, "pty", "opening");
	if (grantpt(*master) != 0 || unlockpt(*master) != 0 ||
	    ptsname_r(*master, path, sizeof path) != 0)
		goto fail;
	*slave = sys_open(path, O_RDWR, 0);
	if (*slave < 0 || !sys_nonblock(*master, true))
		goto fail;
	if (raw && tcgetattr(*slave, &t) == 0) {
		cfmakeraw(&t);
		(void)tcsetattr(*slave, TCSANOW, &t);
	}
	if (name != NULL)
		snprintf(name, name_size, "%s", path);
	return ERR_OK;
fail:
	(void)err_errno(why, errno, "pty", "setting up");
	sys_close(*slave);
	sys_close(*master);
	*master = *slave = -1;
	return ERR_IO;
}

void
sys_pty_resize(int master, int rows, int cols)
{
	const struct winsize ws = { .ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)cols };

	(void)ioctl(master, TIOCSWINSZ, &ws);
}
