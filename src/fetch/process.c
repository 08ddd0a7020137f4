/* process.c - vise-fetch: request in, body and report out. */
#include "fetch/process.h"

#include <poll.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/slice.h"
#include "core/json.h"
#include "fetch/fetch.h"
#include "fetch/route.h"
#include "sys/box.h"
#include "sys/io.h"
#include "sys/process.h"

enum { REQUEST_MAX = 4 << 20, REPORT_FD = 3, HEADERS = 32 };

/* The worker may have died before we asked to die with it. */
static bool
orphaned(void)
{
	struct pollfd p = { .fd = REPORT_FD, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR)) != 0;
}

static bool
pass_on(void *arg, const void *p, size_t n)
{
	(void)arg;
	return sys_write_all(STDOUT_FILENO, p, n);
}

static json_t *
read_request(struct err_msg *why)
{
	json_t *o = NULL;
	struct buf in;
	ssize_t n = 0;

	buf_init(&in, REQUEST_MAX);
	while (buf_reserve(&in, 4096) == ERR_OK &&
	       (n = sys_read(STDIN_FILENO, in.data + in.len, 4096)) > 0)
		in.len += (size_t)n;
	if (n == 0)
		o = json_read(buf_str(&in), in.len, "request", why);
	else
		(void)err_set(why, ERR_USAGE, "request", NULL, "cannot be read");
	buf_fini(&in);
	return o;
}

json_t *
process_report(enum err e, const struct fetch_result *r, const struct err_msg *why)
{
	json_t *o = json_object(), *result = json_object();

	json_put_int(result, "bytes", (int64_t)r->bytes);
	json_put_int(result, "ns", (int64_t)r->ns);
	json_put_int(result, "wait_ns", (int64_t)r->wait_ns);
	json_put_int(result, "date", r->date);
	json_put_int(result, "status", r->status);
	json_put_str(result, "location", r->location);
	json_put_str(result, "content_type", r->content_type);
	json_put_str(result, "address", r->address);
	if (e == ERR_OK) {
		json_put(o, "result", result);
	} else {
		json_put(o, "error", json_from_err(why));
		json_decref(result);
	}
	return o;
}

void
process_request(const json_t *o, struct fetch_request *r)
{
	r->source = json_get_str(o, "url", "");
	r->profile = json_get_str(o, "profile", NULL);
	r->query = json_get_str(o, "query", NULL);
	r->gc = json_get_bool(o, "gc", false);
	r->timeout_ms = (uint64_t)json_get_int(o, "timeout_ms", 0);
	r->silence_ms = (uint64_t)json_get_int(o, "silence_ms", 0);
	r->max_bytes = (uint64_t)json_get_int(o, "max_bytes", 0);
}

static void
report(enum err e, const struct fetch_result *r, const struct err_msg *why)
{
	json_t *o = process_report(e, r, why);
	struct buf out;

	buf_init(&out, REQUEST_MAX);
	if (json_write(o, &out) == ERR_OK)
		(void)sys_write_all(REPORT_FD, out.data, out.len);
	buf_fini(&out);
	json_decref(o);
}

/* A request of its own, not one for a profile. headers has room for HEADERS + 1. */
static enum err
plain(const json_t *o, struct fetch_request *r, struct fetch_result *result, struct err_msg *why)
{
	const char *text = json_get_str(o, "body64", NULL), *headers[HEADERS + 1] = { NULL };
	const json_t *v;
	struct buf body;
	enum err e = ERR_OK;
	size_t i;

	buf_init(&body, REQUEST_MAX);
	json_array_foreach(json_object_get(o, "headers"), i, v)
		if (i < HEADERS)
			headers[i] = json_string_value(v);
	if (text != NULL && !base64_get(&body, slice_of(text)))
		e = err_set(why, ERR_USAGE, "body", NULL, "is no base64");
	r->plain = true;
	r->url = r->source;
	r->method = json_get_str(o, "method", NULL);
	r->headers = headers;
	r->body = text != NULL ? buf_str(&body) : NULL;
	r->body_n = body.len;
	if (e == ERR_OK)
		e = fetch_get(r, pass_on, NULL, result, why);
	buf_fini(&body);
	return e;
}

int
fetch_main(void)
{
	const struct box box = { .memory = UINT64_C(1) << 30, .cpu_seconds = 60, .files = 64,
	    .no_new_privs = true, .no_write = true };
	struct fetch_request r = { 0 };
	struct fetch_result result = { 0 };
	struct err_msg why = { .code = ERR_OK };
	enum err e = ERR_USAGE;
	json_t *o;

	process_ignore_signals();
	process_die_with_parent();
	if (orphaned())
		return err_exit_status(ERR_LOST);
	(void)box_apply(&box);
	o = read_request(&why);
	if (o != NULL) {
		process_request(o, &r);
		e = json_get_bool(o, "plain", false) ? plain(o, &r, &result, &why) :
		    route_get(&r, pass_on, NULL, &result, &why);
	}
	report(e, &result, &why);
	json_decref(o);
	return err_exit_status(e);
}
