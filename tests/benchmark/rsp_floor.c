/*
 * rsp_floor.c - what any program between gdb and a server costs: a relay that only reads and writes, and does not
 * sleep while bytes may come (100 us behind the last one), so that no wake-up is in it. The floor of
 * tests/benchmark/rsp.py.  cc -O2 rsp_floor.c; ./a.out LISTEN SERVER (ports of 127.0.0.1)
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int
at(const char *port, struct sockaddr_in *a)
{
	const int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(a, 0, sizeof *a);
	a->sin_family = AF_INET;
	a->sin_port = htons((unsigned short)strtol(port, NULL, 10));
	a->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return fd;
}

static int
pass(int from, int to)
{
	char piece[16384];
	const ssize_t n = read(from, piece, sizeof piece);

	return n > 0 && write(to, piece, (size_t)n) == n;
}

static long
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

int
main(int argc, char **argv)
{
	struct sockaddr_in here, there;
	const int one = 1, l = argc > 2 ? at(argv[1], &here) : -1;

	if (l < 0 || bind(l, (struct sockaddr *)&here, sizeof here) != 0 || listen(l, 4) != 0)
		return 1;
	for (;;) {
		const int c = accept(l, NULL, NULL), s = at(argv[2], &there);
		struct pollfd p[2] = { { c, POLLIN, 0 }, { s, POLLIN, 0 } };
		int up = c >= 0 && connect(s, (struct sockaddr *)&there, sizeof there) == 0;
		long last = now();

		(void)setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		while (up) {
			while (poll(p, 2, now() - last < 100000 ? 0 : -1) == 0)
				(void)sched_yield();
			last = now();
			up = (p[0].revents == 0 || pass(c, s)) && (p[1].revents == 0 || pass(s, c));
		}
		(void)close(c);
		(void)close(s);
	}
}
