/* debug_ready.c - a debug server's words, and the sockets it listens on. */
#include "bench/debug_ready.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "sys/io.h"
#include "sys/listen.h"
#include "sys/sock.h"

/* Digits of a port; 0 where they may go on in what is still to come. */
static size_t
digits(struct slice text)
{
	size_t n = 0;

	while (n < text.n && n < 6 && text.p[n] >= '0' && text.p[n] <= '9')
		n++;
	return n > 5 || n == text.n ? 0 : n;
}

static bool
said_in(struct slice text, struct slice before, struct slice after, bool number, char port[8])
{
	int64_t at;

	while ((at = slice_find(text, before)) >= 0 && before.n != 0) {
		size_t n;

		text = slice_skip(text, (size_t)at + before.n);
		n = number ? digits(text) : 0;
		if ((number && n == 0) || slice_find(slice_skip(text, n), after) != 0)
			continue;
		if (number)
			(void)snprintf(port, 8, "%.*s", (int)n, text.p);
		return true;
	}
	return false;
}

bool
debug_ready_said(const struct bench_job *j, const char *words, char port[8])
{
	const char *mark = strstr(words, "%d"), *out, *err;
	const struct slice before = slice_make(words, mark != NULL ? (size_t)(mark - words) :
	    strlen(words)), after = slice_of(mark != NULL ? mark + 2 : "");
	size_t out_len, err_len;

	job_output(j->job, &out, &out_len, &err, &err_len);
	return said_in(slice_make(out, out_len), before, after, mark != NULL, port) ||
	    said_in(slice_make(err, err_len), before, after, mark != NULL, port);
}

struct wanted { const char *port; bool found; };

static bool
look(const char *address, void *arg)
{
	struct wanted *w = arg;
	const char *colon = strrchr(address, ':');

	w->found = colon != NULL && strcmp(colon + 1, w->port) == 0;
	return !w->found;
}

bool
debug_ready_listens(const struct bench_job *j, const char *port)
{
	struct wanted w = { .port = port };
	struct err_msg why;
	const pid_t pid = job_pid(j->job);

	if (pid > 0)
		(void)listen_each((uint64_t)pid, look, &w, &why);
	return w.found;
}

enum err
debug_ready_port(char port[8], struct err_msg *why)
{
	uint64_t n = 0;
	uint16_t number;
	int fd = -1;
	enum err e;

	if (!slice_u64(slice_of(port), 65535, &n))
		return err_set(why, ERR_USAGE, port, NULL, "is no port");
	number = (uint16_t)n;
	e = sys_tcp_listen_loopback(&number, &fd, why);
	sys_close(fd);
	if (e != ERR_OK)
		return err_set(why, ERR_BUSY, "debug", "ss -ltnp shows who has it; without a port "
		    "a free one is taken", "port %s is in use", port);
	(void)snprintf(port, 8, "%u", (unsigned)number);
	return ERR_OK;
}
