/* session.c - requests over a connection that is kept. */
#include "fetch/session.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "fetch/process.h"
#include "fetch/route.h"
#include "sys/box.h"
#include "sys/io.h"
#include "sys/process.h"

enum { REQUEST_MAX = 64 << 10, PIECE = 4096 };

static bool
say(char kind, const void *p, size_t n)
{
	char head[32];
	const int k = snprintf(head, sizeof head, "%c %zu\n", kind, n);

	return sys_write_all(STDOUT_FILENO, head, (size_t)k) &&
	       sys_write_all(STDOUT_FILENO, p, n);
}

static bool
pass_on(void *arg, const void *p, size_t n)
{
	(void)arg;
	return n == 0 || say('B', p, n);
}

static bool
answer(const json_t *o, struct fetch_kept *kept)
{
	struct fetch_request r = { .kept = kept };
	struct fetch_result result = { 0 };
	struct err_msg why = { .code = ERR_OK };
	enum err e;
	json_t *report;
	struct buf out;
	bool ok;

	process_request(o, &r);
	e = route_get(&r, pass_on, NULL, &result, &why);
	report = process_report(e, &result, &why);
	buf_init(&out, REQUEST_MAX);
	ok = json_write(report, &out) == ERR_OK && say('R', out.data, out.len);
	buf_fini(&out);
	json_decref(report);
	return ok;
}

/* One line of `in`; false at its end. */
static bool
next_line(struct buf *in, size_t *n)
{
	for (;;) {
		const char *end = in->len != 0 ? memchr(in->data, '\n', in->len) : NULL;
		ssize_t got;

		if (end != NULL) {
			*n = (size_t)(end - in->data) + 1;
			return true;
		}
		if (buf_reserve(in, PIECE) != ERR_OK)
			return false;
		got = sys_read(STDIN_FILENO, in->data + in->len, PIECE);
		if (got <= 0)
			return false;
		in->len += (size_t)got;
	}
}

int
session_main(void)
{
	const struct box box = { .memory = UINT64_C(1) << 30, .files = 64, .no_new_privs = true,
		.no_write = true };
	struct fetch_kept kept = { .curl = NULL };
	struct buf in;
	bool ok = true;
	size_t n;

	process_ignore_signals();
	process_die_with_parent();
	(void)box_apply(&box);
	buf_init(&in, REQUEST_MAX);
	while (ok && next_line(&in, &n)) {
		json_t *o = json_read(in.data, n, "request", NULL);

		ok = o != NULL && answer(o, &kept);
		json_decref(o);
		buf_eat(&in, n);
	}
	buf_fini(&in);
	route_forget(&kept);
	return ok ? 0 : 3;
}
