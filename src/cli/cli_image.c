/* cli_image.c - `vise image`. */
#include "cli/cli_image.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/cli_boards.h"
#include "cli/cli_worker.h"
#include "cli/image_text.h"
#include "cli/say.h"
#include "cli/verbs.h"

enum { TOP = 12, SYMBOLS_JSON = 1000 };
static const uint64_t TIMEOUT_NS = 120 * NS_PER_S;

struct image {
	const char *board_id, *by, *libc, *kernel, *base, *top_text, *demand, *sums;
	json_t *board;
	size_t top;
	int status;                     /* of a plugin that said itself what is wrong */
};

static enum err
known_words(const struct image *m, struct err_msg *why)
{
	if (m->by != NULL && strcmp(m->by, "section") != 0 && strcmp(m->by, "package") != 0 &&
	    strcmp(m->by, "symbol") != 0)
		return err_set(why, ERR_USAGE, m->by, NULL, "say --by section, package or symbol");
	if (m->demand != NULL && strcmp(m->demand, "section") != 0 &&
	    strcmp(m->demand, "sha256") != 0)
		return err_set(why, ERR_USAGE, m->demand, NULL, "say --signed section or sha256");
	return ERR_OK;
}

static enum err
parse(struct cli_call *c, struct image *m, size_t max, struct err_msg *why)
{
	const struct args_option options[] = {
		{ "-p", ARGS_TEXT, &m->board_id }, { "--board", ARGS_TEXT, &m->board_id },
		{ "--by", ARGS_TEXT, &m->by }, { "--top", ARGS_COUNT, &m->top_text },
		{ "--libc", ARGS_TEXT, &m->libc }, { "--kernel", ARGS_TEXT, &m->kernel },
		{ "--base", ARGS_TEXT, &m->base }, { "--signed", ARGS_TEXT, &m->demand },
		{ "--sums", ARGS_TEXT, &m->sums }, { NULL, ARGS_FLAG, NULL },
	};
	uint64_t n = TOP;
	enum err e = args_parse(c, options, max == 3 ? 3 : 2, max, why);

	if (e == ERR_OK && m->top_text != NULL)
		(void)slice_u64(slice_of(m->top_text), 100000, &n);
	m->top = (size_t)n;
	if (e == ERR_OK)
		e = known_words(m, why);
	if (e == ERR_OK && m->base != NULL &&
	    !(slice_starts(slice_of(m->base), "0x") &&
	    slice_hex(slice_skip(slice_of(m->base), 2), &n)))
		e = err_set(why, ERR_USAGE, m->base, "such as 0x08000000", "is no address");
	if (e == ERR_OK && m->board_id != NULL)
		e = boards_load(m->board_id, &m->board, &m->status, why);
	return e;
}

static enum err
ask(const struct image *m, const char *method, json_t *params, json_t **result,
    struct err_msg *why)
{
	uint64_t base;

	if (m->base != NULL && slice_hex(slice_skip(slice_of(m->base), 2), &base))
		json_put_int(params, "base", (int64_t)base);
	return cli_worker_call(method, params, NULL, TIMEOUT_NS, result, why);
}

static enum err
put_path(json_t *params, const char *key, const char *file, struct err_msg *why)
{
	char path[PATH_MAX];

	if (realpath(file, path) == NULL)
		return err_set(why, ERR_NOENT, file, NULL, "no such file");
	json_put_str(params, key, path);
	return ERR_OK;
}

static enum err
one(const struct image *m, const char *method, const char *file, size_t symbols, json_t **result,
    struct err_msg *why)
{
	json_t *params = json_object();
	enum err e = put_path(params, "path", file, why);

	if (e != ERR_OK) {
		json_decref(params);
		return e;
	}
	json_put_int(params, "symbols", (int64_t)symbols);
	if (m->board != NULL)
		(void)json_object_set(params, "board", m->board);
	if (m->libc != NULL)
		json_put_str(params, "libc", m->libc);
	if (m->kernel != NULL)
		json_put_str(params, "kernel", m->kernel);
	if (m->demand != NULL || m->sums != NULL)
		json_put_str(params, "signed", m->demand != NULL ? m->demand : "sha256");
	if (m->sums != NULL)
		e = put_path(params, "sums", m->sums, why);
	if (e != ERR_OK) {
		json_decref(params);
		return e;
	}
	e = ask(m, method, params, result, why);
	if (e == ERR_OK) {
		json_put_str(*result, "path", file);
		if (m->board_id != NULL)
			json_put_str(*result, "board", m->board_id);
	}
	return e;
}

static int
end_of(struct cli_call *c, struct image *m, enum err e, const struct err_msg *why)
{
	json_decref(m->board);
	return m->status != 0 ? m->status : say_end(c, e, why);
}

/* ---- show */

static enum err
show_one(const struct image *m, const char *file, size_t symbols, json_t *list,
    struct err_msg *why)
{
	json_t *facts = NULL, *checked = NULL;
	enum err e = one(m, "image.show", file, symbols, &facts, why);

	if (e == ERR_OK && m->board != NULL)
		e = one(m, "image.check", file, 0, &checked, why);
	if (e == ERR_OK) {
		if (checked != NULL) {
			(void)json_object_set(facts, "usage", json_object_get(checked, "usage"));
			(void)json_object_set(facts, "findings",
			    json_object_get(checked, "findings"));
		}
		(void)json_array_append(list, facts);
	}
	json_decref(checked);
	json_decref(facts);
	return e;
}

static int
show(struct cli_call *c)
{
	struct image m = { .top = TOP };
	json_t *list = json_array(), *facts = NULL;
	struct err_msg why;
	enum err e = parse(c, &m, ARGS_MANY, &why);

	for (size_t i = 1; e == ERR_OK && m.status == 0 && i < c->words; i++)
		e = show_one(&m, c->word[i], c->json ? SYMBOLS_JSON : m.top, list, &why);
	if (e == ERR_OK && m.status == 0) {
		facts = json_array_get(list, 0);
		if (c->json)
			say_json(json_array_size(list) == 1 ? facts : list);
		else if (json_array_size(list) == 1)
			image_text_show(facts, m.by, m.top);
		else
			image_text_rows(list);
		if (!c->json && json_array_size(list) == 1)
			image_text_usage(json_object_get(facts, "usage"));
	}
	json_decref(list);
	return end_of(c, &m, e, &why);
}

/* ---- diff, check */

static int
diff(struct cli_call *c)
{
	struct image m = { .top = TOP };
	json_t *params = json_object(), *result = NULL;
	struct err_msg why;
	enum err e = parse(c, &m, 3, &why);

	if (e == ERR_OK)
		e = put_path(params, "a", c->word[1], &why);
	if (e == ERR_OK)
		e = put_path(params, "b", c->word[2], &why);
	if (e == ERR_OK)
		e = ask(&m, "image.diff", json_incref(params), &result, &why);
	json_decref(params);
	if (e == ERR_OK && c->json)
		say_json(result);
	else if (e == ERR_OK)
		image_text_diff(result, m.by, m.top);
	json_decref(result);
	return end_of(c, &m, e, &why);
}

static int
check(struct cli_call *c)
{
	struct image m = { .top = TOP };
	json_t *list = json_array(), *r;
	struct err_msg why;
	enum err e = parse(c, &m, ARGS_MANY, &why);
	bool fits = true;
	int status;
	size_t i;

	for (i = 1; e == ERR_OK && m.status == 0 && i < c->words; i++) {
		r = NULL;
		e = one(&m, "image.check", c->word[i], 0, &r, &why);
		if (e == ERR_OK)
			(void)json_array_append_new(list, r);
	}
	json_array_foreach(list, i, r) {
		fits = fits && json_get_bool(r, "fits", false);
		if (!c->json)
			image_text_check(r);
	}
	if (e == ERR_OK && m.status == 0 && c->json)
		say_json(json_array_size(list) == 1 ? json_array_get(list, 0) : list);
	json_decref(list);
	status = end_of(c, &m, e, &why);
	return status != 0 ? status : fits ? 0 : err_exit_status(ERR_VERIFY);
}

static const struct cli_verb verbs[] = {
	{ "show", show }, { "diff", diff }, { "check", check }, { NULL, NULL },
};

int
cli_image(struct cli_call *c)
{
	return verbs_run(c, verbs);
}
