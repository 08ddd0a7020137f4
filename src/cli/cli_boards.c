/* cli_boards.c - `vise board`. */
#include "cli/cli_boards.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/slice.h"
#include "cli/args.h"
#include "cli/boardfind.h"
#include "cli/capture.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "core/plugin.h"
#include "sys/path.h"

enum { CHECK_MAX = 1 << 20 };

/* ---- list */

static bool
mentions(const json_t *row, const char *word)
{
	static const char *const keys[] = { "id", "name", "chip", "vendor", "plugin" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcasestr(json_get_str(row, keys[i], ""), word) != NULL)
			return true;
	return false;
}

/* "2e8a:000a, model": the ids, and the other ways by their name. */
static void
print_found_by(const json_t *match)
{
	static const char *const keys[] = { "product", "model", "compatible", "gmr" };
	const json_t *m;
	const char *between = "";
	bool said[4] = { false };
	size_t i;

	json_array_foreach(match, i, m) {
		const char *usb = json_get_str(m, "usb", NULL);

		if (usb != NULL) {
			printf("%s%s", between, usb);
			between = ", ";
		}
		for (size_t k = 0; k < 4; k++)
			if (!said[k] && json_get_str(m, keys[k], NULL) != NULL) {
				printf("%s%s", between, keys[k]);
				between = ", ";
				said[k] = true;
			}
	}
}

static void
print_board_row(const json_t *row)
{
	printf("%-24s %-13s %-16s ", json_get_str(row, "id", "?"), json_get_str(row, "plugin", "?"),
	    json_get_str(row, "chip", "-"));
	if (json_get_bool(row, "shadowed", false))
		printf("shadowed by %s", json_get_str(row, "by", ""));
	say_str(stdout, json_get_str(row, "problem", json_get_str(row, "name", "")));
	fputs(json_array_size(json_object_get(row, "match")) != 0 ? "  " : "", stdout);
	print_found_by(json_object_get(row, "match"));
	putchar('\n');
}

static int
list(struct cli_call *c)
{
	struct err_msg why;
	const enum err e = args_parse(c, NULL, 1, 2, &why);
	const char *word = e == ERR_OK && c->words > 1 ? c->word[1] : "";
	json_t *plugins = plugins_rows(), *all = plugins_boards(), *rows = json_array(), *row,
	       *other = plugin_shadowed(plugins, "board");
	size_t i;

	(void)json_array_extend(all, other);
	json_array_foreach(all, i, row)
		if (mentions(row, word))
			(void)json_array_append(rows, row);
	if (e == ERR_OK && c->json)
		say_json(rows);
	else if (e == ERR_OK)
		json_array_foreach(rows, i, row)
			print_board_row(row);
	json_decref(plugins);
	json_decref(other);
	json_decref(all);
	json_decref(rows);
	return say_end(c, e, &why);
}

/* ---- show */

enum err
boards_load(const char *id, json_t **board, int *status, struct err_msg *why)
{
	const char *rest[] = { "--describe", "--board", id, NULL };
	json_t *all = NULL, *words = NULL;
	enum err e = plugins_find("board", id, &words, why);

	*board = NULL;
	*status = 0;
	if (e == ERR_OK)
		e = capture_plugin(words, rest, &all, status, why);
	if (e == ERR_OK && all != NULL) {
		*board = json_incref(json_array_get(json_object_get(all, "boards"), 0));
		if (*board == NULL)
			e = err_set(why, ERR_CONFIG, id, "vise plugin check",
			    "the manifest of its plugin names it, the code does not");
	}
	json_decref(all);
	json_decref(words);
	return e;
}

static void
print_text(const char *label, const json_t *o, const char *key)
{
	const char *text = json_get_str(o, key, "");

	if (text[0] == '\0')
		return;
	printf("%-10s ", label);
	say_str(stdout, text);
	putchar('\n');
}

static void print_fields(const json_t *o);

static void
print_value(const char *key, const json_t *v)
{
	static const char *const hex[] = { "address", "base", "family", "offset", "size" };
	bool in_hex = false;
	const json_t *word;
	size_t i;

	for (i = 0; i < sizeof hex / sizeof *hex; i++)
		in_hex = in_hex || strcmp(key, hex[i]) == 0;
	if (json_is_string(v)) {
		putchar(' ');
		say_str(stdout, json_string_value(v));
	} else if (json_is_integer(v)) {
		printf(in_hex ? " 0x%llx" : " %lld", (long long)json_integer_value(v));
	} else if (json_is_boolean(v)) {
		printf(" %s", json_is_true(v) ? "yes" : "no");
	} else if (json_is_object(v)) {
		putchar(':');
		print_fields(v);
	}
	json_array_foreach(v, i, word)
		if (json_is_string(word)) {
			fputs(" \"", stdout);
			say_str(stdout, json_string_value(word));
			putchar('"');
		}
}

/* key value key value, of an object of plain values; the method and the kind lead */
static void
print_fields(const json_t *o)
{
	static const char *const lead[] = { "method", "kind" };
	const char *key;
	json_t *v;

	for (size_t i = 0; i < 2; i++)
		if (json_get_str(o, lead[i], NULL) != NULL) {
			putchar(' ');
			say_str(stdout, json_get_str(o, lead[i], ""));
		}
	json_object_foreach((json_t *)(uintptr_t)o, key, v) {
		if (strcmp(key, lead[0]) == 0 || strcmp(key, lead[1]) == 0)
			continue;
		printf(" %s", key);
		print_value(key, v);
	}
}

static void
print_object(const char *label, const json_t *o)
{
	if (json_object_size(o) == 0)
		return;
	printf("%-10s", label);
	print_fields(o);
	putchar('\n');
}

static void
print_memory(const json_t *memory)
{
	const char *name, *label = "memory";
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)memory, name, v) {
		const uint64_t base = (uint64_t)json_integer_value(json_array_get(v, 0)),
			       size = (uint64_t)json_integer_value(json_array_get(v, 1));

		printf("%-10s %-8s 0x%08llx  %llu bytes", label, name, (unsigned long long)base,
		    (unsigned long long)size);
		if (size >= 1024)
			printf(" (%.4g %s)", (double)size / (size < 1 << 20 ? 1024 : 1 << 20),
			    size < 1 << 20 ? "KB" : "MB");
		putchar('\n');
		label = "";
	}
}

static void
print_list(const char *label, const json_t *list)
{
	const json_t *m;
	size_t i;

	json_array_foreach(list, i, m) {
		printf("%-10s", i == 0 ? label : "");
		print_fields(m);
		putchar('\n');
	}
}

static void
print_board(const json_t *b)
{
	static const char *const words[][2] = { { "board", "id" }, { "name", "name" },
		{ "", "doc" }, { "vendor", "vendor" }, { "chip", "chip" }, { "cpu", "cpu" },
		{ "inherits", "inherits" }, { "plugin", "plugin" }, { "elf", "elf" } };
	static const char *const parts[] = { "build", "image", "rtt", "gauges" };
	const char *name;
	json_t *v;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		print_text(words[i][0], b, words[i][1]);
	print_list("found by", json_object_get(b, "match"));
	json_object_foreach(json_object_get(b, "console"), name, v) {
		printf("%-10s %s:", "console", name);
		print_fields(v);
		putchar('\n');
	}
	print_memory(json_object_get(b, "memory"));
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		print_object(parts[i], json_object_get(b, parts[i]));
	print_list("flash", json_object_get(b, "flash"));
	if (json_get_bool(json_object_get(b, "has"), "flash", false) &&
	    json_object_get(b, "flash") == NULL)
		puts("flash      by the plugin's own code");
	print_object("reset", json_object_get(b, "reset"));
	print_object("debug", json_object_get(b, "debug"));
	print_object("can", json_object_get(b, "has"));
}

static int
show(struct cli_call *c)
{
	struct err_msg why;
	json_t *board = NULL;
	int status = 0, end;
	enum err e = args_parse(c, NULL, 2, 2, &why);

	if (e == ERR_OK)
		e = boards_load(c->word[1], &board, &status, &why);
	if (board != NULL && c->json)
		say_json(board);
	else if (board != NULL)
		print_board(board);
	json_decref(board);
	end = say_end(c, e, &why);
	return status != 0 ? status : end;
}

/* ---- check */

static enum err
check_one(const char *id, bool json, int *status, struct err_msg *why)
{
	const char *rest[] = { "--check", json ? "--json" : NULL, NULL };
	json_t *words = NULL;
	struct buf text;
	enum err e = plugins_find("board", id, &words, why);

	buf_init(&text, CHECK_MAX);
	if (e == ERR_OK)
		e = capture_words(words, rest, &text, status, why);
	if (e == ERR_OK)
		(void)fputs(buf_str(&text), stdout);
	buf_fini(&text);
	json_decref(words);
	return e;
}

/* Each profile by its plugin's check; without a name those in files of their own. */
static int
check(struct cli_call *c)
{
	struct err_msg why;
	json_t *all, *row;
	int worst = 0, status = 0, end;
	enum err e = args_parse(c, NULL, 1, 2, &why);
	size_t i, n = 0;

	all = e == ERR_OK && c->words == 1 ? plugins_list() : json_array();
	if (e == ERR_OK && c->words > 1)
		e = check_one(c->word[1], c->json, &worst, &why);
	json_array_foreach(all, i, row) {
		const char *id = plugin_provided(json_array_get(json_object_get(row, "provides"),
		    0), "board");

		if (e != ERR_OK || id == NULL || json_object_get(row, "file") == NULL ||
		    plugin_find(all, "board", id) != row)
			continue;
		n++;
		e = check_one(id, c->json, &status, &why);
		worst = status > worst ? status : worst;
	}
	if (e == ERR_OK && c->words == 1 && n == 0 && !c->json)
		puts("no profile lies in a file of its own: vise board check ID checks one of a "
		     "plugin");
	json_decref(all);
	end = say_end(c, e, &why);
	return worst != 0 ? worst : end;
}

/* ---- what flash would do */

static void
print_step(const json_t *step)
{
	const json_t *word;
	size_t i;

	if (json_object_get(step, "text") != NULL) {
		fputs("# ", stdout);
		say_str(stdout, json_get_str(step, "text", ""));
	}
	json_array_foreach(json_object_get(step, "argv"), i, word) {
		fputs(i == 0 ? "" : " ", stdout);
		say_word(stdout, json_string_value(word));
	}
	putchar('\n');
}

/* A tool goes by several names: the one that is here stands in its words. */
static void
name_tools(const json_t *board)
{
	const json_t *m, *step, *name;
	size_t i, k, l;

	json_array_foreach(json_object_get(board, "methods"), i, m) {
		char *at = NULL;

		json_array_foreach(json_object_get(m, "names"), k, name)
			if ((at = path_which(json_string_value(name))) != NULL)
				break;
		json_array_foreach(json_object_get(m, "steps"), l, step)
			if (at != NULL && k > 0)
				(void)json_array_set(json_object_get(step, "argv"), 0,
				    json_array_get(json_object_get(m, "names"), k));
		mem_free(at);
	}
}

static void
print_plan(const json_t *board)
{
	const json_t *m, *step;
	size_t i, k;

	if (json_get_bool(board, "own", false))
		puts("its plugin flashes it by code of its own: what that runs shows in the job");
	json_array_foreach(json_object_get(board, "methods"), i, m) {
		printf("# %s%s (package %s)%s%s\n", json_get_str(m, "method", ""),
		    i == 0 ? ", the one that is taken" : "", json_get_str(m, "package", ""),
		    json_object_get(m, "note") != NULL ? "; " : "", json_get_str(m, "note", ""));
		json_array_foreach(json_object_get(m, "steps"), k, step)
			print_step(step);
	}
}

enum err
boards_plan(const char *id, const char *file, const char *const *sets, size_t nsets, bool json,
    int *status, struct err_msg *why)
{
	const char *rest[4 + 2 * ARGS_SETS_MAX] = { NULL };
	json_t *plan = NULL, *words = NULL;
	size_t n = 0;
	enum err e = plugins_find("board", id, &words, why);

	for (size_t i = 0; i < nsets && i < ARGS_SETS_MAX; i++) {
		rest[n++] = "--set";
		rest[n++] = sets[i];
	}
	rest[n++] = "--plan";
	rest[n++] = id;
	rest[n] = file;
	if (e == ERR_OK)
		e = capture_plan(words, rest, &plan, status, why);
	if (plan != NULL)
		name_tools(json_array_get(plan, 0));
	if (plan != NULL && json)
		say_json(json_array_get(plan, 0));
	else if (plan != NULL)
		print_plan(json_array_get(plan, 0));
	json_decref(plan);
	json_decref(words);
	return e;
}

/* ---- find */

static const char *const ways[] = { "usb", "product", "model", "compatible", "gmr", "volume" };
enum { WAYS = sizeof ways / sizeof *ways };

static void
print_answer(const json_t *a)
{
	const json_t *ids = json_object_get(a, "boards"), *id;
	const char *sure = json_get_str(a, "board", NULL);
	size_t i;

	fputs(json_get_str(a, "port", json_get_str(a, "by", "")), stdout);
	fputs("  ", stdout);
	say_str(stdout, json_get_str(a, "seen", ""));
	if (sure != NULL) {
		printf("  is %s\n", sure);
		return;
	}
	if (json_array_size(ids) == 0) {
		puts("  is no board that a profile knows");
		return;
	}
	printf("  may be one of %zu:", json_array_size(ids));
	json_array_foreach(ids, i, id)
		printf(" %s", json_string_value(id));
	putchar('\n');
	puts(json_get_bool(a, "shared", false)
		? "    the id is that of a bridge or probe, which other boards have too: say -p ID"
		: "    this does not tell them apart: look at the board, or at Board-ID in its "
		  "INFO_UF2.TXT, and say -p ID");
}

/* The worst: 5 nothing is known of something asked, 1 several fit. */
static int
verdict(const json_t *answers)
{
	const json_t *a;
	int status = json_array_size(answers) == 0 ? err_exit_status(ERR_NOTHING) : 0;
	size_t i;

	json_array_foreach(answers, i, a)
		if (json_array_size(json_object_get(a, "boards")) == 0)
			status = err_exit_status(ERR_NOTHING);
		else if (json_get_str(a, "board", NULL) == NULL && status == 0)
			status = 1;
	return status;
}

/* Asks the board itself: its device tree over ssh, by the user's own configuration. */
static enum err
ask_host(const char *host, const json_t *boards, json_t *answers, struct err_msg *why)
{
	const char *const argv[] = { "ssh", "-o", "BatchMode=yes", "--", host,
		"cd /proc/device-tree 2>/dev/null || exit 44; "
		"tr '\\0' ' ' < model; echo; tr '\\0' ' ' < compatible; echo", NULL };
	struct slice rest, model;
	struct buf b;
	int status = 0;
	enum err e;

	buf_init(&b, 1 << 16);
	e = capture(argv, &b, &status, why);
	if (e == ERR_OK && status == 44)
		e = err_set(why, ERR_NOTHING, host, "vise doctor tells what it is",
		    "it has no device tree to be known by");
	else if (e == ERR_OK && status != 0)
		e = err_set(why, ERR_INFRA, host, "ssh must reach it without a question",
		    "its device tree cannot be read (ssh ended with %d)", status);
	if (e == ERR_OK) {
		model = slice_cut((struct slice){ buf_str(&b), b.len }, '\n', &rest);
		char *m = mem_dup(model.p, model.n + 1), *w = mem_dup(rest.p, rest.n + 1);

		m[model.n] = '\0';
		w[rest.n] = '\0';
		w[strcspn(w, "\n")] = '\0';
		boardfind_tree(boards, m, w, answers);
		mem_free(m);
		mem_free(w);
	}
	buf_fini(&b);
	return e;
}

static enum err
ask_all(const char *const asked[WAYS], const char *host, const json_t *boards, json_t *answers,
    struct err_msg *why)
{
	bool any = host != NULL;
	enum err e = host != NULL ? ask_host(host, boards, answers, why) : ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < WAYS; i++) {
		json_t *a = NULL;

		if (asked[i] == NULL)
			continue;
		any = true;
		e = boardfind_ask(boards, ways[i], asked[i], &a, why);
		if (e == ERR_OK)
			(void)json_array_append_new(answers, a);
	}
	return e == ERR_OK && !any ? boardfind_here(boards, answers, why) : e;
}

static int
find(struct cli_call *c)
{
	const char *asked[WAYS] = { NULL, NULL }, *host = NULL;
	const struct args_option options[] = {
		{ "--usb", ARGS_TEXT, &asked[0] }, { "--product", ARGS_TEXT, &asked[1] },
		{ "--model", ARGS_TEXT, &asked[2] }, { "--compatible", ARGS_TEXT, &asked[3] },
		{ "--gmr", ARGS_TEXT, &asked[4] }, { "--volume", ARGS_TEXT, &asked[5] },
		{ "--ssh", ARGS_TEXT, &host }, { NULL, ARGS_FLAG, NULL },
	};
	struct err_msg why;
	json_t *boards = plugins_boards(), *answers = json_array(), *a;
	enum err e = args_parse(c, options, 1, 1, &why);
	int status = 0, end;
	size_t i;

	if (e == ERR_OK)
		e = ask_all(asked, host, boards, answers, &why);
	if (e == ERR_OK) {
		status = verdict(answers);
		if (c->json)
			say_json(answers);
		else
			json_array_foreach(answers, i, a)
				print_answer(a);
		if (!c->json && json_array_size(answers) == 0)
			puts("nothing that is plugged in has the id of a board profile; vise ports "
			     "lists what there is");
	}
	json_decref(boards);
	json_decref(answers);
	end = say_end(c, e, &why);
	return end != 0 ? end : status;
}

static const struct cli_verb verbs[] = {
	{ "list", list }, { "show", show }, { "check", check }, { "find", find }, { NULL, NULL },
};

int
cli_boards(struct cli_call *c)
{
	return verbs_run(c, verbs);
}
