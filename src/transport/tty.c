/* tty.c - termios2, modem lines and break on a descriptor; asm/termbits.h does not mix
 * with termios.h. */
#include "transport/tty.h"

#include <asm/termbits.h>
#include <errno.h>
#include <linux/serial.h>
#include <string.h>
#include <sys/ioctl.h>

static void
set_raw(struct termios2 *t)
{
	t->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL |
	    IUCLC | IXON | IXANY | IXOFF | INPCK | IMAXBEL | IUTF8);
	t->c_oflag &= ~(tcflag_t)OPOST;
	t->c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL | ICANON | ISIG | IEXTEN | TOSTOP);
	t->c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CMSPAR | CSTOPB | CRTSCTS | HUPCL);
	t->c_cflag |= CREAD | CLOCAL;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

static tcflag_t
frame_bits(const struct transport_settings *s)
{
	static const tcflag_t size[4] = { CS5, CS6, CS7, CS8 };
	tcflag_t f = size[s->data >= 5 && s->data <= 8 ? s->data - 5 : 3];

	if (s->stop == 2)
		f |= CSTOPB;
	switch (s->parity) {
	case 'e': f |= PARENB; break;
	case 'o': f |= PARENB | PARODD; break;
	case 'm': f |= PARENB | PARODD | CMSPAR; break;
	case 's': f |= PARENB | CMSPAR; break;
	default: break;
	}
	if (s->flow == FLOW_RTSCTS)
		f |= CRTSCTS;
	return f;
}

static bool
speed_is_near(uint32_t want, uint32_t got)
{
	const uint64_t d = want > got ? want - got : got - want;

	return d * 1000 <= (uint64_t)want * 25;
}

enum err
tty_configure(int fd, const char *path, const struct transport_settings *s, struct err_msg *why)
{
	struct termios2 t;

	if (ioctl(fd, TCGETS2, &t) != 0)
		return errno != ENOTTY ? err_errno(why, errno, path, "reading its settings")
		    : err_set(why, ERR_UNSUPPORTED, path,
		    "give a serial port, a pty or tcp:HOST:PORT", "it is not a terminal device");
	set_raw(&t);
	t.c_cflag |= frame_bits(s);
	if (s->flow == FLOW_XONXOFF)
		t.c_iflag |= IXON | IXOFF;
	if (s->baud != 0) {
		t.c_cflag = (t.c_cflag & ~(tcflag_t)(CBAUD | CIBAUD)) | BOTHER;
		t.c_ispeed = t.c_ospeed = s->baud;
	}
	if (ioctl(fd, TCSETS2, &t) != 0)
		return err_errno(why, errno, path, "changing its settings");
	if (s->baud != 0 && ioctl(fd, TCGETS2, &t) == 0 && !speed_is_near(s->baud, t.c_ospeed))
		return err_set(why, ERR_UNSUPPORTED, path, "choose a speed the adapter can make",
		    "the driver gives %u baud instead of %u", (unsigned)t.c_ospeed,
		    (unsigned)s->baud);
	return ERR_OK;
}

static const struct { unsigned line; int bit; } bits[] = {
	{ LINE_DTR, TIOCM_DTR }, { LINE_RTS, TIOCM_RTS }, { LINE_CTS, TIOCM_CTS },
	{ LINE_DSR, TIOCM_DSR }, { LINE_CD, TIOCM_CD }, { LINE_RI, TIOCM_RI },
};

static enum err
no_lines(int errnum, const char *path, const char *doing, struct err_msg *why)
{
	if (errnum == ENOTTY || errnum == EINVAL)
		return err_set(why, ERR_UNSUPPORTED, path,
		    "use a real serial port for DTR, RTS and break",
		    "%s: this device has no modem lines", doing);
	return err_errno(why, errnum, path, doing);
}

enum err
tty_lines(int fd, const char *path, unsigned *lines, struct err_msg *why)
{
	int v;

	*lines = 0;
	if (ioctl(fd, TIOCMGET, &v) != 0)
		return no_lines(errno, path, "reading its lines", why);
	for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
		if ((v & bits[i].bit) != 0)
			*lines |= bits[i].line;
	return ERR_OK;
}

/* Both lines in one call: between two calls a boot circuit would see a state nobody asked for. */
enum err
tty_lines_set(int fd, const char *path, unsigned mask, unsigned on, struct err_msg *why)
{
	int v;

	if (ioctl(fd, TIOCMGET, &v) != 0)
		return no_lines(errno, path, "reading its lines", why);
	for (size_t i = 0; i < 2; i++)
		if ((mask & bits[i].line) != 0)
			v = (on & bits[i].line) != 0 ? v | bits[i].bit : v & ~bits[i].bit;
	return ioctl(fd, TIOCMSET, &v) == 0 ? ERR_OK 
	    : no_lines(errno, path, "setting its lines", why);
}

enum err
tty_set_break(int fd, const char *path, bool on, struct err_msg *why)
{
	return ioctl(fd, on ? TIOCSBRK : TIOCCBRK) == 0 ? ERR_OK
	    : no_lines(errno, path, "sending a break", why);
}

/* Documentation/driver-api/serial/serial-rs485.rst */
enum err
tty_rs485(int fd, const char *path, const struct transport_settings *s, struct err_msg *why)
{
	struct serial_rs485 r;

	if (s->rs485 < 0)
		return ERR_OK;
	memset(&r, 0, sizeof r);
	if (ioctl(fd, TIOCGRS485, &r) != 0) {
		if (s->rs485 == 0)
			return ERR_OK;  /* it is off where there is none */
		return err_set(why, ERR_UNSUPPORTED, path,
		    "use an adapter that turns its transmitter on by itself, without rs485=",
		    "the driver of this port has no RS-485 mode (%s)", strerror(errno));
	}
	r.flags &= ~(unsigned)(SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND |
	    SER_RS485_RTS_AFTER_SEND | SER_RS485_RX_DURING_TX);
	r.flags |= s->rs485 != 0 ? SER_RS485_ENABLED : 0;
	r.flags |= s->rs485_rts_low ? SER_RS485_RTS_AFTER_SEND : SER_RS485_RTS_ON_SEND;
	r.flags |= s->rs485_echo ? SER_RS485_RX_DURING_TX : 0;
	r.delay_rts_before_send = s->rs485_before_ms;
	r.delay_rts_after_send = s->rs485_after_ms;
	return ioctl(fd, TIOCSRS485, &r) == 0 ? ERR_OK
	    : err_errno(why, errno, path, "switching RS-485");
}

size_t
tty_kernel_queue(int fd)
{
	int n = 0;

	return ioctl(fd, TIOCOUTQ, &n) == 0 && n > 0 ? (size_t)n : 0;
}

void
tty_exclusive(int fd, bool on)
{
	(void)ioctl(fd, on ? TIOCEXCL : TIOCNXCL);
}

void
tty_no_closing_wait(int fd)
{
	struct serial_struct s;

	memset(&s, 0, sizeof s);
	if (ioctl(fd, TIOCGSERIAL, &s) != 0 || s.closing_wait == ASYNC_CLOSING_WAIT_NONE)
		return;
	s.closing_wait = ASYNC_CLOSING_WAIT_NONE;
	(void)ioctl(fd, TIOCSSERIAL, &s);
}

void
tty_drop_output(int fd)
{
	(void)ioctl(fd, TCFLSH, TCOFLUSH);
}

bool
tty_is(int fd)
{
	struct termios2 t;

	return ioctl(fd, TCGETS2, &t) == 0;
}
