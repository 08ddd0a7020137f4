/* asks.c - ZMODEM's ZRQINIT and ZRINIT on a console. */
#include "bench/asks.h"

#include <string.h>

#include "base/clock.h"
#include "bench/news.h"
#include "sys/time.h"

/* sz asks again each ten seconds. */
static const uint64_t AGAIN_NS = 60 * NS_PER_S;

/* "**" ZDLE "B" and the type in two hex digits: 00 from a sender, 01 from a receiver. */
static int
frame_type(const char *p, size_t n)
{
	static const char head[] = "**\030B0";

	if (memchr(p, head[2], n) == NULL)      /* hardly a line has one */
		return -1;
	for (size_t i = 0; i + sizeof head <= n; i++)
		if (p[i] == '*' && memcmp(p + i, head, sizeof head - 1) == 0)
			return p[i + sizeof head - 1] - '0';
	return -1;
}

void
asks_line(struct follow *f, const struct follow_line *l)
{
	struct bench_console *k = f->console;
	const int type = l->n < 4096 ? frame_type(l->p, l->n) : -1;
	const uint64_t now = sys_mono();

	if ((type != 0 && type != 1) || k->send != NULL ||
	    (f->asked != 0 && f->asked_type == type && now - f->asked < AGAIN_NS))
		return;
	f->asked = now;
	f->asked_type = type;
	if (type == 0)
		bench_notice(k->bench, "warn", k->name,
		    "console.recvfile FOLDER takes it (^T <); ^X five times refuses it",
		    "the board wants to send a file by ZMODEM");
	else
		bench_notice(k->bench, "warn", k->name,
		    "console.sendfile FILE zmodem sends one (^T >); ^X five times ends it",
		    "the board waits for a file by ZMODEM");
}
