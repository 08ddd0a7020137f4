/*
 * dapsim.c - a remote_bitbang probe: the TAP of a JTAG-DP, and behind it the boundary-scan TAP of an
 * STM32, in front of a board of tests/rig/qemu-board. One OpenOCD after the other may come.
 *
 *   dapsim SOCKET BOARD-DIR m3|m4        says "ready" on stdout; SIGUSR1 pulls the cable
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "chip.h"

/* The TAP controller of IEEE 1149.1: the next state for TMS 0 and 1. */
enum {
	RESET, IDLE, SELECT_DR, CAPTURE_DR, SHIFT_DR, EXIT1_DR, PAUSE_DR, EXIT2_DR, UPDATE_DR,
	SELECT_IR, CAPTURE_IR, SHIFT_IR, EXIT1_IR, PAUSE_IR, EXIT2_IR, UPDATE_IR,
};
static const unsigned char next[16][2] = {
	{ IDLE, RESET }, { IDLE, SELECT_DR }, { CAPTURE_DR, SELECT_IR }, { SHIFT_DR, EXIT1_DR },
	{ SHIFT_DR, EXIT1_DR }, { PAUSE_DR, UPDATE_DR }, { PAUSE_DR, EXIT2_DR }, { SHIFT_DR, UPDATE_DR },
	{ IDLE, SELECT_DR }, { CAPTURE_IR, RESET }, { SHIFT_IR, EXIT1_IR }, { SHIFT_IR, EXIT1_IR },
	{ PAUSE_IR, UPDATE_IR }, { PAUSE_IR, EXIT2_IR }, { SHIFT_IR, UPDATE_IR }, { IDLE, SELECT_DR },
};
enum { ABORT = 8, DPACC = 10, APACC = 11, IDCODE = 14, BS_IDCODE = 1 };

/* ir, ir2: instructions of the core's TAP (nearest TDO) and of the one behind it */
static struct { unsigned state, ir, ir2, length; uint64_t bits; int clock; bool two; uint32_t id; } tap;

static void
capture_dr(void)
{
	unsigned n = 1;

	tap.bits = 0;
	if (tap.ir == IDCODE) {
		tap.bits = tap.id;
		n = 32;
	} else if (tap.ir == ABORT || tap.ir == DPACC || tap.ir == APACC) {
		tap.bits = 2 | (uint64_t)chip_last() << 3;      /* 2: OK; it never waits */
		n = 35;
	}
	if (tap.two && tap.ir2 == BS_IDCODE && n == 32) {
		tap.bits |= (uint64_t)0x06413041 << 32;
		n += 32;
	} else if (tap.two) {
		n++;
	}
	tap.length = n;
}

static void
update_dr(void)
{
	const bool read = (tap.bits & 1) != 0;
	const uint32_t reg = (uint32_t)(tap.bits >> 1 & 3) * 4, value = (uint32_t)(tap.bits >> 3);
	uint32_t got;

	if (tap.ir == ABORT)
		chip_clear(0xb2);
	if (tap.ir != DPACC && tap.ir != APACC)
		return;
	if (tap.ir == DPACC)
		got = chip_dp(!read, reg, value);
	else
		got = chip_fault() ? 0 : chip_ap(!read, (chip_select() & 0xf0) | reg, value);
	if (read)
		chip_keep(got);
}

static void
edge(int tms, int tdi)
{
	if (tap.state == SHIFT_DR || tap.state == SHIFT_IR)
		tap.bits = tap.bits >> 1 | (uint64_t)tdi << (tap.length - 1);
	tap.state = next[tap.state][tms];
	switch (tap.state) {
	case RESET:
		tap.ir = IDCODE;
		tap.ir2 = BS_IDCODE;
		break;
	case CAPTURE_IR:
		tap.bits = tap.two ? 1 | 1 << 4 : 1;
		tap.length = tap.two ? 9 : 4;
		break;
	case UPDATE_IR:
		tap.ir = (unsigned)tap.bits & 15;
		tap.ir2 = (unsigned)(tap.bits >> 4) & 31;
		break;
	case CAPTURE_DR:
		capture_dr();
		break;
	case UPDATE_DR:
		update_dr();
		break;
	default:
		break;
	}
}

/* False: the client says goodbye. */
static bool
take(int fd, const char *in, size_t n)
{
	char out[4096];
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		const int c = in[i] - '0';

		if (c >= 0 && c <= 7) {                 /* TCK TMS TDI */
			if (c >= 4 && tap.clock == 0)
				edge(c >> 1 & 1, c & 1);
			tap.clock = c >= 4;
		} else if (in[i] == 'R') {
			out[len++] = (tap.state == SHIFT_DR || tap.state == SHIFT_IR) &&
			    (tap.bits & 1) != 0 ? '1' : '0';
		} else if (in[i] == 'Q') {
			return false;
		} else if ((in[i] == 's' || in[i] == 'u') && tap.state != RESET) {
			chip_reset_line();
		}
	}
	return len == 0 || write(fd, out, len) == (ssize_t)len;
}

static void
on_pull(int signum)
{
	(void)signum;
	_exit(3);
}

int
main(int argc, char **argv)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct chip_options o = { .unplug = NULL };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	char in[4096];
	ssize_t n;

	if (argc != 4 || !chip_kind(argv[3], &o.kind)) {
		fputs("usage: dapsim SOCKET BOARD-DIR m3|m4\n", stderr);
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGUSR1, on_pull);
	signal(SIGPIPE, SIG_IGN);
	tap.two = o.kind != CHIP_M0;
	tap.id = o.kind == CHIP_M3 ? 0x3ba00477 : 0x4ba00477;
	chip_open(argv[2], &o);
	snprintf(a.sun_path, sizeof a.sun_path, "%s", argv[1]);
	unlink(argv[1]);
	if (bind(s, (const struct sockaddr *)&a, sizeof a) != 0 || listen(s, 1) != 0) {
		perror("dapsim");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		const int fd = accept(s, NULL, NULL);

		tap.state = RESET;
		while (fd >= 0 && (n = read(fd, in, sizeof in)) > 0 && take(fd, in, (size_t)n))
			;
		close(fd);
	}
}
