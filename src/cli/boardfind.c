/* boardfind.c - matching profiles with USB ids, device trees and what a firmware answers. */
#include "cli/boardfind.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "sys/io.h"
#include "transport/portrow.h"

enum { TREE_TEXT_MAX = 4096 };

/* ---- one rule for each kind of fact: does the profile's text fit what was seen? */

static bool
fits_begin(const char *want, const char *seen)
{
	return want[0] != '\0' && strncmp(seen, want, strlen(want)) == 0;
}

static bool
fits_part(const char *want, const char *seen)
{
	return want[0] != '\0' && strstr(seen, want) != NULL;
}

static bool
fits_all(const char *want, const char *seen)
{
	return strcmp(want, seen) == 0;
}

/* A whole word of the list. A trailing part of the want may stand for a family: st,stm32mp157 is
 * st,stm32mp157c-dk2 too. */
static bool
fits_word(const char *want, const char *seen)
{
	struct slice rest = slice_of(seen), word;

	while (rest.n != 0) {
		word = slice_cut(rest, ' ', &rest);
		if (want[0] != '\0' && slice_starts(word, want) &&
		    (word.n == strlen(want) || word.p[strlen(want)] != '0'))
			return true;
	}
	return false;
}

static const struct rule {
	const char *by;
	bool (*fits)(const char *want, const char *seen);
} rules[] = {
	{ "product", fits_all }, { "model", fits_begin }, { "compatible", fits_word },
	{ "gmr", fits_part }, { "volume", fits_all },
};

/* How well the board fits: the length of the text that does, so that the more exact one wins. */
static size_t
fit(const json_t *board, const struct rule *r, const char *seen)
{
	const json_t *m;
	size_t i, best = 0;

	json_array_foreach(json_object_get(board, "match"), i, m) {
		const char *want = json_get_str(m, r->by, NULL);

		if (want != NULL && r->fits(want, seen) && strlen(want) > best)
			best = strlen(want);
	}
	return best;
}

static json_t *
by_rule(const json_t *boards, const struct rule *r, const char *seen)
{
	json_t *out = json_array();
	const json_t *b;
	size_t i, best = 0, n;

	json_array_foreach(boards, i, b) {
		n = fit(b, r, seen);
		if (n == 0 || n < best)
			continue;
		if (n > best)
			(void)json_array_clear(out);
		best = n;
		(void)json_array_append_new(out, json_string(json_get_str(b, "id", "")));
	}
	return out;
}

/* ---- answers */

static json_t *
answer_of(const char *by, const char *seen, json_t *found)
{
	json_t *o = json_object();

	json_put_str(o, "by", by);
	json_put_str(o, "seen", seen);
	if (json_array_size(found) == 1)
		json_put_str(o, "board", json_string_value(json_array_get(found, 0)));
	json_put(o, "boards", found);
	return o;
}

/* Is it the id of a bridge or probe that makes the board fit? Alone it would not be chosen. */
static bool
is_shared(const struct port *p, const json_t *boards, const char *id)
{
	json_t *alone = json_array(), *b;
	bool shared;
	size_t i;

	json_array_foreach(boards, i, b)
		if (strcmp(json_get_str(b, "id", ""), id) == 0)
			(void)json_array_append(alone, b);
	shared = portrow_board(p, alone) == NULL;
	json_decref(alone);
	return shared;
}

static json_t *
by_port(const struct port *p, const json_t *boards, const char *seen)
{
	json_t *found = portrow_candidates(p, boards), *o;
	const char *first = json_string_value(json_array_get(found, 0));
	const bool shared = first != NULL && is_shared(p, boards, first);

	o = answer_of("usb", seen, found);
	if (shared) {
		(void)json_object_del(o, "board");
		json_put_bool(o, "shared", true);
	}
	return o;
}

static enum err
by_usb(const json_t *boards, const char *seen, json_t **answer, struct err_msg *why)
{
	struct port p = { .usb = true, .interface = -1 };
	struct slice pid;
	const struct slice vid = slice_cut(slice_of(seen), ':', &pid);
	uint64_t v, q;

	if (!slice_hex(vid, &v) || !slice_hex(pid, &q) || v > UINT16_MAX || q > UINT16_MAX)
		return err_set(why, ERR_USAGE, seen, "such as 2e8a:000a; vise ports shows them",
		    "is no USB id VID:PID");
	p.vid = (uint16_t)v;
	p.pid = (uint16_t)q;
	*answer = by_port(&p, boards, seen);
	return ERR_OK;
}

enum err
boardfind_ask(const json_t *boards, const char *by, const char *seen, json_t **answer,
    struct err_msg *why)
{
	if (strcmp(by, "usb") == 0)
		return by_usb(boards, seen, answer, why);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (strcmp(by, rules[i].by) == 0) {
			*answer = answer_of(by, seen, by_rule(boards, &rules[i], seen));
			return ERR_OK;
		}
	return err_set(why, ERR_USAGE, by, NULL, "boards are not found by it");
}

/* ---- a device tree */

/* The compatible strings end with NUL each: spaces between them. */
static char *
words(const char *text, size_t n)
{
	char *out = mem_dup(text, n + 1);

	while (n != 0 && (out[n - 1] == '\0' || out[n - 1] == '\n'))
		n--;
	for (size_t i = 0; i < n; i++)
		if (out[i] == '\0' || out[i] == '\n')
			out[i] = ' ';
	out[n] = '\0';
	return out;
}

void
boardfind_tree(const json_t *boards, const char *model, const char *compatible, json_t *answers)
{
	json_t *a = NULL, *b = NULL;

	(void)boardfind_ask(boards, "compatible", compatible, &a, NULL);
	(void)boardfind_ask(boards, "model", model, &b, NULL);
	/* one of them may not know the board: the other one's word counts */
	if (json_array_size(json_object_get(a, "boards")) == 1 ||
	    json_array_size(json_object_get(b, "boards")) == 0) {
		json_put_str(a, "model", model);
		(void)json_array_append(answers, a);
	} else {
		json_put_str(b, "compatible", compatible);
		(void)json_array_append(answers, b);
	}
	json_decref(a);
	json_decref(b);
}

static char *
tree_text(const char *path)
{
	struct buf b;
	char *text = NULL;

	buf_init(&b, 4 * TREE_TEXT_MAX);
	if (sys_file_read(path, TREE_TEXT_MAX, &b, NULL) == ERR_OK && b.len != 0)
		text = words(buf_str(&b), b.len);
	buf_fini(&b);
	return text;
}

/* ---- what is plugged in */

static void
add_port(const json_t *boards, const struct port *p, json_t *answers)
{
	char seen[160];
	json_t *o;

	snprintf(seen, sizeof seen, "%04x:%04x %.120s", p->vid, p->pid, p->product);
	o = by_port(p, boards, seen);
	json_put_str(o, "port", p->path);
	if (json_array_size(json_object_get(o, "boards")) != 0)
		(void)json_array_append(answers, o);
	json_decref(o);
}

enum err
boardfind_here(const json_t *boards, json_t *answers, struct err_msg *why)
{
	char *model = tree_text("/proc/device-tree/model"),
	     *compatible = tree_text("/proc/device-tree/compatible");
	struct port_list list = { .v = NULL };
	const enum err e = ports_list("", 0, &list, why);

	for (size_t i = 0; e == ERR_OK && i < list.n; i++)
		if (list.v[i].usb)
			add_port(boards, &list.v[i], answers);
	ports_free(&list);
	if (model != NULL || compatible != NULL)
		boardfind_tree(boards, model != NULL ? model : "",
		    compatible != NULL ? compatible : "", answers);
	mem_free(model);
	mem_free(compatible);
	return e;
}
