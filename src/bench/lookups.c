/* lookups.c - profile.info, profile.report, image.lines, http.request. */
#include "bench/lookups.h"

#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/slice.h"
#include "bench/images.h"
#include "core/json.h"

enum { BODY_MAX = 2 << 20 };

/* Steals params. */
static void
pass(struct command_call *c, const char *method, json_t *params)
{
	struct err_msg why;

	if (images_ask(c, method, params, &why) != ERR_OK)
		command_fail(c, &why);
}

static bool
whole_paths(struct command_call *c, const char *const *keys)
{
	struct err_msg why;

	for (; *keys != NULL; keys++) {
		const char *path = json_get_str(c->args, *keys, "/");

		if (path[0] == '/')
			continue;
		(void)err_set(&why, ERR_USAGE, path, NULL,
		    "give the whole path: the bench runs in /");
		command_fail(c, &why);
		return false;
	}
	return true;
}

static void
cmd_info(struct command_call *c)
{
	static const char *const keys[] = { "file", NULL };

	if (whole_paths(c, keys))
		pass(c, "pprof.info", json_copy(c->args));
}

static void
cmd_report(struct command_call *c)
{
	static const char *const keys[] = { "file", "base", NULL };
	json_t *params;

	if (!whole_paths(c, keys))
		return;
	params = json_copy(c->args);
	(void)json_object_set(params, "now", json_object_get(params, "file"));
	(void)json_object_del(params, "file");
	if (json_object_get(params, "type") != NULL)
		(void)json_object_set(params, "sample_index", json_object_get(params, "type"));
	json_put_bool(params, "json", true);
	pass(c, "pprof.report", params);
}

static void
cmd_lines(struct command_call *c)
{
	static const char *const keys[] = { "path", NULL };
	json_t *params, *addrs = json_array(), *v;
	size_t i;

	json_array_foreach(json_object_get(c->args, "addrs"), i, v) {
		const char *text = json_string_value(v);
		uint64_t a = 0;

		text += strncmp(text, "0x", 2) == 0 ? 2 : 0;
		if (slice_hex(slice_of(text), &a))
			(void)json_array_append_new(addrs, json_integer((json_int_t)a));
	}
	if (!whole_paths(c, keys)) {
		json_decref(addrs);
		return;
	}
	params = json_copy(c->args);
	json_put(params, "addrs", addrs);
	pass(c, "elf.lines", params);
}

/* ---- http */

static enum err
put_body(json_t *params, const char *body, struct err_msg *why)
{
	struct buf b;
	enum err e = ERR_OK;

	if (body == NULL)
		return ERR_OK;
	buf_init(&b, 2 * BODY_MAX);
	e = strlen(body) > BODY_MAX ? ERR_LIMIT : base64_put(&b, body, strlen(body));
	if (e == ERR_OK)
		json_put_str(params, "body64", buf_str(&b));
	buf_fini(&b);
	return e == ERR_OK ? e : err_set(why, ERR_LIMIT, "body", NULL, "is over 2 MB");
}

static void
cmd_http(struct command_call *c)
{
	static const char *const keys[] = { "url", "method", "body64", "max_bytes" };
	json_t *params = json_object(), *headers = json_object_get(c->args, "headers");
	struct err_msg why;

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (json_object_get(c->args, keys[i]) != NULL)
			(void)json_object_set(params, keys[i], json_object_get(c->args, keys[i]));
	if (headers != NULL)
		(void)json_object_set(params, "headers", headers);
	json_put_int(params, "timeout_ms",
	    json_get_int(c->args, "timeout", 0) / (int64_t)NS_PER_MS);
	if (put_body(params, json_get_str(c->args, "body", NULL), &why) != ERR_OK) {
		json_decref(params);
		command_fail(c, &why);
		return;
	}
	pass(c, "http.request", params);
}

static const struct command_arg info_args[] = {
	{ "file", ARG_WORD, ARG_MUST, NULL, "a profile" }, { .name = NULL } };
static const struct command_arg report_args[] = {
	{ "file", ARG_WORD, ARG_MUST, NULL, "a profile" },
	{ "report", ARG_WORD, 0, "traces", "tree, peek, list, traces, tags, raw or comments" },
	{ "base", ARG_WORD, 0, NULL, "what is taken off" },
	{ "type", ARG_WORD, 0, NULL, "sample type; the profile's default if absent" },
	{ "pattern", ARG_WORD, 0, NULL, "of peek and list" },
	{ "focus", ARG_WORD, 0, NULL, "only stacks with a frame that matches" },
	{ "ignore", ARG_WORD, 0, NULL, "no stacks with a frame that matches" },
	{ .name = NULL },
};
static const struct command_arg lines_args[] = {
	{ "path", ARG_WORD, ARG_MUST, NULL, "ELF file" },
	{ "addrs", ARG_REST, ARG_MUST, NULL, "addresses, hexadecimal" },
	{ .name = NULL },
};
static const struct command_arg http_args[] = {
	{ "url", ARG_WORD, ARG_MUST, NULL, "http:// or https://" },
	{ "method", ARG_WORD, 0, NULL, "GET unless said otherwise" },
	{ "body", ARG_WORD, 0, NULL, "what is sent, as text" },
	{ "body64", ARG_WORD, 0, NULL, "what is sent, as base64" },
	{ "timeout", ARG_DURATION, 0, "30s", "for all of it" },
	{ "max_bytes", ARG_INT, 0, NULL, "of the answer; at most 2M" },
	{ "headers", ARG_REST, 0, NULL, "\"Name: value\"" },
	{ .name = NULL },
};

const struct command bench_lookup_commands[] = {
	{ "profile.info", "what a profile holds", info_args, 0, cmd_info },
	{ "profile.report", "a report of a profile, as vise pprof makes it", report_args, 0,
	    cmd_report },
	{ "image.lines", "functions and source lines of addresses", lines_args, 0, cmd_lines },
	{ "http.request", "one HTTP request; the answer with its body as base64", http_args, 0,
	    cmd_http },
	{ .name = NULL },
};
