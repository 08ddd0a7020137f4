/* cli_test.c - a run of tests: benches and boards before it, records while it runs, reports. */
#include "cli/cli_test.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "cli/args.h"
#include "cli/capture.h"
#include "cli/door.h"
#include "cli/dryrun.h"
#include "cli/place_use.h"
#include "cli/plugins.h"
#include "cli/records.h"
#include "cli/report_go.h"
#include "cli/report_tap.h"
#include "cli/report_text.h"
#include "cli/say.h"
#include "cli/test_files.h"
#include "proto/dial.h"

enum { LISTED_MAX = 64 << 20 };

struct options {
	struct args_sets ports, boards, sets, answers, k, tags, reports;
	struct place_args place;
	const char *baud, *timeout, *test_timeout, *retries, *repeat, *shuffle, *shard, *junit,
	    *artifacts, *level;
	bool tap, tap13, go, verbose, list, fail_fast, flaky_fails, each, keep_power, dry;
};

struct board {
	char name[DOOR_NAME_MAX], console[DOOR_NAME_MAX], baud[16];
	const char *spec, *profile;
};

struct run {
	struct cli_call *call;
	struct options o;
	struct door door;
	struct place_use use;
	struct board boards[2 * ARGS_SETS_MAX];
	size_t nboards;
	json_t *files, *argv; /* texts */
	struct records records;
};

/* ---- the boards */

/* NAME of "NAME=REST", or 0: a name is letters, digits, - and _. */
static size_t
name_of(const char *s)
{
	const size_t n =
	    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	return n != 0 && n < DOOR_NAME_MAX && s[n] == '=' && s[n + 1] != '\0' ? n : 0;
}

static struct board *
board_named(struct run *r, const char *name, size_t n)
{
	for (size_t i = 0; i < r->nboards; i++)
		if (strlen(r->boards[i].name) == n && strncmp(r->boards[i].name, name, n) == 0)
			return &r->boards[i];
	return NULL;
}

static enum err
add_port(struct run *r, const char *word, struct err_msg *why)
{
	const size_t n = name_of(word);
	struct board *b = &r->boards[r->nboards];

	*b = (struct board){ .spec = n != 0 ? word + n + 1 : word };
	if (n != 0)
		(void)snprintf(b->name, sizeof b->name, "%.*s", (int)n, word);
	else if (r->nboards == 0)
		(void)snprintf(b->name, sizeof b->name, "main");
	else
		(void)snprintf(b->name, sizeof b->name, "board%zu", r->nboards + 1);
	if (board_named(r, b->name, strlen(b->name)) != NULL)
		return err_set(why, ERR_USAGE, word, NULL, "two boards named %s", b->name);
	r->nboards++;
	return ERR_OK;
}

static enum err
add_place(struct run *r, size_t i, struct err_msg *why)
{
	struct board *b = &r->boards[r->nboards];
	const char *as = place_use_text(&r->use, i, "as");

	*b = (struct board){ .spec = place_use_text(&r->use, i, "console"),
		.profile = place_use_text(&r->use, i, "board") };
	if (place_use_baud(&r->use, i, b->baud) == NULL)
		b->baud[0] = '\0';
	(void)snprintf(b->name, sizeof b->name, "%s", as);
	if (board_named(r, b->name, strlen(b->name)) != NULL)
		return err_set(why, ERR_USAGE, as, "--place NAME=PLACE gives it another",
		    "two boards named %s", b->name);
	r->nboards++;
	return ERR_OK;
}

/* "ID" is the profile of all, "NAME=ID" that of one. */
static enum err
add_profile(struct run *r, const char *word, struct err_msg *why)
{
	const size_t n = name_of(word);
	struct board *b = n != 0 ? board_named(r, word, n) : NULL;

	if (n != 0 && b == NULL)
		return err_set(why, ERR_USAGE, word, "--port NAME=PORT gives a board its name",
		    "no board has this name");
	for (size_t i = 0; i < r->nboards; i++)
		if (b == NULL || b == &r->boards[i])
			r->boards[i].profile = n != 0 ? word + n + 1 : word;
	return ERR_OK;
}

static enum err
boards_of(struct run *r, struct err_msg *why)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < r->o.ports.n; i++)
		e = add_port(r, r->o.ports.v[i], why);
	for (size_t i = 0; e == ERR_OK && i < place_use_count(&r->use); i++)
		e = add_place(r, i, why);
	if (r->nboards == 0)
		r->boards[r->nboards++] = (struct board){ .name = "main" };
	for (size_t i = 0; e == ERR_OK && i < r->o.boards.n; i++)
		e = add_profile(r, r->o.boards.v[i], why);
	return e;
}

static const char *
baud_of(const struct run *r, const struct board *b)
{
	return r->o.baud != NULL || b->baud[0] == '\0' ? r->o.baud : b->baud;
}

/* Opens what the boards need; one that is open already is taken. */
static enum err
reach(struct run *r, struct err_msg *why)
{
	const char *first = r->boards[0].spec;
	enum err e = door_open_run(&r->door, r->call->bench, first, why);

	for (size_t i = 0; e == ERR_OK && i < r->nboards; i++) {
		struct board *b = &r->boards[i];

		if (b->spec == NULL && r->use.rows != NULL)
			continue; /* a place without a console */
		if (b->spec == NULL || (i == 0 && r->door.console[0] != '\0'))
			(void)snprintf(b->console, sizeof b->console, "%s", r->door.console);
		else
			e = door_also(&r->door, b->spec, r->door.ephemeral ? b->name : NULL,
			    baud_of(r, b), b->console, why);
	}
	return e;
}

/* ---- the script host's command line */

static void
word(struct run *r, const char *s)
{
	(void)json_array_append_new(r->argv, json_string_nocheck(s));
}

static void
given(struct run *r, const char *key, const char *value)
{
	char *pair;

	if (value == NULL)
		return;
	pair = mem_fmt("%s=%s", key, value);
	word(r, "--run");
	word(r, pair);
	mem_free(pair);
}

static void
flag(struct run *r, const char *key, bool on)
{
	given(r, key, on ? "on" : NULL);
}

/* What the plugin of a board profile needs to be loaded beside the tests. */
static void
plugin_words(struct run *r, const char *profile)
{
	json_t *list = NULL;

	if (plugins_find("board", profile, &list, NULL) != ERR_OK)
		return; /* perhaps a test file declares it */
	for (size_t i = 0; i + 1 < json_array_size(list); i += 2) {
		const char *key = json_string_value(json_array_get(list, i)),
			   *value = json_string_value(json_array_get(list, i + 1));

		if (strcmp(key, "--plugin") == 0) {
			given(r, "plugin", value);
			continue;
		}
		word(r, key);
		word(r, value);
	}
	json_decref(list);
}

static void
board_words(struct run *r)
{
	for (size_t i = 0; i < r->nboards; i++) {
		const struct board *b = &r->boards[i];
		char *text =
		    mem_fmt("%s:%s:%s", b->name, b->console, b->profile != NULL ? b->profile : "");
		bool known = b->profile == NULL;

		given(r, "board", text);
		mem_free(text);
		for (size_t k = 0; k < i && !known; k++)
			known = r->boards[k].profile != NULL &&
				strcmp(r->boards[k].profile, b->profile) == 0;
		if (!known)
			plugin_words(r, b->profile);
	}
}

/* Facts for the script, and the settings of the first. */
static void
place_words(struct run *r)
{
	const json_t *row, *v;
	const char *key;
	size_t i;

	json_array_foreach(r->use.rows, i, row) {
		char *fact = NULL;
		size_t n = 0;

		place_use_fact(row, &fact, &n, "place");
		word(r, "--run");
		word(r, fact);
		mem_free(fact);
	}
	json_object_foreach(json_object_get(json_array_get(r->use.rows, 0), "set"), key, v) {
		char *pair = mem_fmt("%s=%s", key, json_string_value(v));

		word(r, "--set");
		word(r, pair);
		mem_free(pair);
	}
}

static void
words(struct run *r, const char *socket)
{
	const struct options *o = &r->o;
	json_t *file;
	size_t i;

	if (socket != NULL) {
		word(r, "--bench");
		word(r, socket);
	}
	if (o->timeout != NULL) {
		word(r, "--timeout");
		word(r, o->timeout);
	}
	for (i = 0; i < o->sets.n; i++) {
		word(r, "--set");
		word(r, o->sets.v[i]);
	}
	for (i = 0; i < o->answers.n; i++) {
		char *text = mem_fmt("answer:%s", o->answers.v[i]);

		word(r, "--run");
		word(r, text);
		mem_free(text);
	}
	for (i = 0; i < o->k.n; i++)
		given(r, "k", o->k.v[i]);
	for (i = 0; i < o->tags.n; i++)
		given(r, "tag", o->tags.v[i]);
	given(r, "timeout", o->timeout);
	given(r, "test-timeout", o->test_timeout);
	given(r, "retries", o->retries);
	given(r, "repeat", o->repeat);
	given(r, "shuffle", o->shuffle);
	given(r, "shard", o->shard);
	flag(r, "fail-fast", o->fail_fast);
	flag(r, "flaky-fails", o->flaky_fails);
	flag(r, "each", o->each);
	flag(r, "list", o->list);
	flag(r, "dry", o->dry);
	given(r, "log", o->level);
	if (!o->keep_power)
		given(r, "power", "back");
	board_words(r);
	place_words(r);
	word(r, "--test");
	word(r, "--");
	json_array_foreach(r->files, i, file) word(r, json_string_value(file));
}

/* ---- what it says */

/* What is selected, or of a file that cannot be read its error. */
static void
listed(struct run *r, const json_t *record)
{
	const char *type = json_get_str(record, "type", "");
	const json_t *error = json_object_get(record, "error");

	if (strcmp(type, "test") != 0 && strcmp(type, "result") != 0)
		return;
	if (r->call->json || r->o.go) {
		say_json(record);
		return;
	}
	printf("%s:%lld: ", json_get_str(record, "file", "?"),
	    (long long)json_get_int(record, "line", 0));
	say_str(stdout, json_get_str(record, "name", "?"));
	if (json_get_str(record, "skip", NULL) != NULL)
		printf("  skip: %s", json_get_str(record, "skip", ""));
	if (error != NULL) {
		printf(": %s: ", json_get_str(error, "code", "?"));
		say_str(stdout, json_get_str(error, "why", ""));
	}
	putchar('\n');
}

/* ---- the run */

static const struct report_ops *
ops_of(const struct run *r)
{
	return r->o.tap			 ? &report_tap
	    : r->o.tap13		 ? &report_tap13
	    : r->call->json || r->o.go ? &report_go
				       : &report_text;
}

static enum err
run(struct run *r, int *status, struct err_msg *why)
{
	struct records *all = &r->records;
	char *socket = dial_socket(r->door.bench);
	const size_t n = (words(r, socket), json_array_size(r->argv));
	const char **argv = mem_zero(n + 1, sizeof *argv);
	pid_t pid = -1;
	enum err e;

	mem_free(socket);
	for (size_t i = 0; i < n; i++)
		argv[i] = json_string_value(json_array_get(r->argv, i));
	e = records_spawn(all, argv, n, &r->use, &pid, why);
	mem_free(argv);
	if (e != ERR_OK)
		return e;
	all->report.ops = ops_of(r);
	all->report.verbose = r->o.verbose;
	records_watch(all, &r->door, &r->use, pid, status);
	e = records_end(all, &r->door, *status, why);
	if (e == ERR_OK && r->use.over) {
		*why = r->use.why;
		e = why->code;
		*status = 0; /* its end by our hand says nothing */
	}
	return e;
}

/* ---- without a run */

/* What the host prints, each line a record; nothing is opened, there is no bench. */
static enum err
ask_host(struct run *r, size_t *tests, int *status, struct err_msg *why)
{
	const char *const none[] = { NULL };
	struct buf text;
	json_t *record;
	const char *p;
	enum err e;

	words(r, NULL);
	buf_init(&text, LISTED_MAX);
	e = capture_words(r->argv, none, &text, status, why);
	p = buf_str(&text);
	while (e == ERR_OK && *p != '\0') {
		const size_t n = strcspn(p, "\n");

		if ((record = json_read(p, n, "vise-script", NULL)) != NULL) {
			*tests += strcmp(json_get_str(record, "type", ""), "test") == 0;
			listed(r, record);
			json_decref(record);
		}
		p += n + (p[n] == '\n');
	}
	buf_fini(&text);
	return e;
}

/* --list, and --dry-run with what the boards need. */
static int
without_a_run(struct run *r)
{
	const struct options *o = &r->o;
	struct dryrun d;
	struct err_msg why;
	json_t *plan = NULL;
	size_t tests = 0;
	int status = 0;
	enum err e;

	dryrun_init(&d);
	for (size_t i = 0; o->dry && i < r->nboards && i < o->ports.n; i++)
		dryrun_port(&d, r->boards[i].name, r->boards[i].spec);
	if (o->dry)
		dryrun_places(&d, &o->place);
	e = ask_host(r, &tests, &status, &why);
	dryrun_status(&d, e == ERR_OK ? status : say_end(r->call, e, &why));
	if (o->dry && r->call->json)
		plan = json_pack("{s:s,s:I}", "type", "plan", "tests", (json_int_t)tests);
	status = dryrun_end(&d, plan);
	if (plan != NULL)
		say_json(plan);
	else if (o->dry)
		printf("%zu test%s on %zu board%s; nothing was opened, none ran\n", tests,
		    tests == 1 ? "" : "s", r->nboards, r->nboards == 1 ? "" : "s");
	json_decref(plan);
	return status;
}

static enum err
parse(struct run *r, struct err_msg *why)
{
	struct options *o = &r->o;
	const struct args_option options[] = {
		{ "--port", ARGS_LIST, &o->ports },
		PLACE_ARGS(&o->place),
		{ "--baud", ARGS_COUNT, &o->baud },
		{ "--board", ARGS_LIST, &o->boards },
		{ "--set", ARGS_SET, &o->sets },
		{ "--answer", ARGS_SET, &o->answers },
		{ "--timeout", ARGS_SPAN, &o->timeout },
		{ "--test-timeout", ARGS_SPAN, &o->test_timeout },
		{ "-k", ARGS_LIST, &o->k },
		{ "--tag", ARGS_LIST, &o->tags },
		{ "--list", ARGS_FLAG, &o->list },
		{ "--dry-run", ARGS_FLAG, &o->dry },
		{ "--retries", ARGS_TEXT, &o->retries },
		{ "--repeat", ARGS_COUNT, &o->repeat },
		{ "--shuffle", ARGS_TEXT, &o->shuffle },
		{ "--shard", ARGS_TEXT, &o->shard },
		{ "--fail-fast", ARGS_FLAG, &o->fail_fast },
		{ "--flaky-fails", ARGS_FLAG, &o->flaky_fails },
		{ "--each", ARGS_FLAG, &o->each },
		{ "--tap", ARGS_FLAG, &o->tap },
		{ "--tap13", ARGS_FLAG, &o->tap13 },
		{ "--test2json", ARGS_FLAG, &o->go },
		{ "--junit", ARGS_TEXT, &o->junit },
		{ "--report", ARGS_LIST, &o->reports },
		{ "--artifacts", ARGS_TEXT, &o->artifacts },
		{ "--keep-power", ARGS_FLAG, &o->keep_power },
		{ "--log-level", ARGS_TEXT, &o->level },
		{ "-v", ARGS_FLAG, &o->verbose },
		{ "--verbose", ARGS_FLAG, &o->verbose },
		{ NULL, ARGS_FLAG, NULL },
	};
	enum err e = args_parse(r->call, options, 1, ARGS_MANY, why);

	if (e == ERR_OK)
		e = args_level(o->level, why);
	if (e == ERR_OK)
		e = records_open(&r->records, &o->reports, o->junit,
		    o->list || o->dry ? NULL : o->artifacts, why);
	for (size_t i = 0; e == ERR_OK && i < r->call->words; i++)
		e = test_files(r->call->word[i], r->files, why);
	if (e == ERR_OK && json_array_size(r->files) == 0)
		e = err_set(why, ERR_NOTHING, r->call->word[0],
		    "name them NAME_test.lua or test_NAME.lua, or give the file",
		    "no test file in it");
	return e;
}

static enum err
perform(struct run *r, int *status, struct err_msg *why)
{
	enum err e = reach(r, why);

	if (e == ERR_OK)
		e = run(r, status, why);
	door_close(&r->door);
	return e;
}

int
cli_test(struct cli_call *c)
{
	struct run r = { .call = c, .files = json_array(), .argv = json_array() };
	struct err_msg why;
	int status = 0, end;
	enum err e;

	e = parse(&r, &why);
	if (e == ERR_OK && (r.o.list || r.o.dry))
		e = place_use_look(&r.use, &r.o.place, &why);
	else if (e == ERR_OK)
		e = place_use_open(&r.use, &r.o.place, "test", &why);
	if (e == ERR_OK)
		e = boards_of(&r, &why);
	if (e == ERR_OK && (r.o.list || r.o.dry))
		status = without_a_run(&r);
	else
		e = e != ERR_OK ? e : perform(&r, &status, &why);
	place_use_close(&r.use);
	records_close(&r.records);
	json_decref(r.files);
	json_decref(r.argv);
	end = say_end(c, e, &why);
	return status != 0 ? status : end;
}
