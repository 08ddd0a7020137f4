/* cli_script.c - scripts and workflows in the foreground. */
#include "cli/cli_script.h"

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
#include "cli/say.h"
#include "cli/script_wait.h"
#include "proto/dial.h"
#include "sys/path.h"
#include "sys/spawn.h"

struct script {
	const char *port, *board, *timeout, *baud, *level;
	struct args_sets sets, answers;
	struct place_args place;
	struct place_use use;
	char *words[3 * ARGS_SETS_MAX + 1]; /* what of argv is ours to free */
	size_t nwords;
	bool dry, csv, keep_power;
	const char *artifacts;
	struct args_sets reports;
	const char *argv[LIMIT_ARGV + 1];
	size_t n;
	json_t *profile;                /* words that load the board's plugin, or NULL */
	bool json;
	struct records records;         /* with --report or --artifacts */
};


static void
add(struct script *s, const char *word)
{
	if (s->n < LIMIT_ARGV)
		s->argv[s->n++] = word;
}

static void
add_pair(struct script *s, const char *name, const char *value)
{
	if (value == NULL)
		return;
	add(s, name);
	add(s, value);
}

/* They belong to the array. */
static void
add_words(struct script *s, const json_t *words)
{
	const json_t *v;
	size_t i;

	json_array_foreach(words, i, v)
		add(s, json_string_value(v));
}

static bool
recorded(const struct script *s)
{
	return s->artifacts != NULL || s->reports.n != 0;
}

/* What it says as text, or with --json its records, without those that are for the reports. */
static void
say_record(struct report *r, const json_t *record, const json_t *test)
{
	static const char *const own[] = { "plan", "begin", "attempt", "result", "summary",
		"table" };
	const char *type = json_get_str(record, "type", ""),
		   *text = json_get_str(record, "output", "");
	json_t *o;

	(void)test;
	if (!r->verbose && text[0] != '\0') {
		say_str(r->f, text);
		fputc('\n', r->f);
	}
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (!r->verbose || strcmp(type, own[i]) == 0)
			return;
	o = json_copy((json_t *)(uintptr_t)record);
	(void)json_object_del(o, "output");
	(void)json_object_del(o, "test");
	(void)json_object_del(o, "attempt");
	say_json(o);
	json_decref(o);
	(void)fflush(r->f);
}

static const struct report_ops report_said = { .record = say_record };

/* As one test: its end is that of the reports and artefacts. */
static enum err
run_recorded(struct script *s, struct door *d, int *status, struct err_msg *why)
{
	pid_t pid = -1;
	const enum err e =
	    records_spawn(&s->records, s->argv + 1, s->n - 1, &s->use, &pid, why);

	if (e != ERR_OK)
		return e;
	s->records.report.ops = &report_said;
	s->records.report.verbose = s->json;
	records_watch(&s->records, d, &s->use, pid, status);
	return records_end(&s->records, d, *status, why);
}

static enum err
run_plain(struct script *s, int *status, struct door *d, struct err_msg *why)
{
	struct sys_spawn spawn = {
		.argv = s->argv, .fd_in = 0, .fd_out = 1, .fd_err = 2, .fd3 = -1,
		.keep_group = true,
		.keep = s->use.keep, .nkeep = s->use.nkeep, .die_with_parent = true
	};
	pid_t pid = -1;
	const enum err e = sys_spawn(&spawn, &pid, why);

	if (e == ERR_OK)
		*status = script_wait(d->client, pid, &s->use);
	return e;
}

static enum err
run(struct script *s, struct door *d, int *status, struct err_msg *why)
{
	char *program = path_program("vise-script"), *sock = dial_socket(d->bench);
	enum err e;

	s->argv[0] = program;
	s->argv[2] = sock;
	if (d->console[0] != '\0')
		s->argv[4] = d->console;
	s->argv[s->n] = NULL;
	if (s->n >= LIMIT_ARGV)
		e = err_set(why, ERR_LIMIT, "script", NULL, "too many arguments");
	else
		e = recorded(s) ? run_recorded(s, d, status, why) : run_plain(s, status, d, why);
	if (e == ERR_OK && s->use.over) {
		*why = s->use.why;
		e = why->code;
	}
	mem_free(program);
	mem_free(sock);
	return e;
}

enum kind { WORKFLOW = 0, SCRIPT = 1, MACRO = 6 }; /* where its options begin */

static enum err
parse(struct cli_call *c, struct script *s, size_t words, enum kind kind, struct err_msg *why)
{
	const struct args_option options[] = {
		{ "--csv", ARGS_FLAG, &s->csv },        /* of workflows alone */
		{ "--dry-run", ARGS_FLAG, &s->dry },    /* these five not of macros */
		{ "--report", ARGS_LIST, &s->reports },
		{ "--artifacts", ARGS_TEXT, &s->artifacts },
		{ "--keep-power", ARGS_FLAG, &s->keep_power },
		{ "--log-level", ARGS_TEXT, &s->level },
		{ "--port", ARGS_TEXT, &s->port },
		{ "--baud", ARGS_COUNT, &s->baud },
		{ "--board", ARGS_TEXT, &s->board },
		{ "--timeout", ARGS_SPAN, &s->timeout },
		{ "--set", ARGS_SET, &s->sets },
		PLACE_ARGS(&s->place),
		{ "--answer", ARGS_SET, &s->answers },
		{ NULL, ARGS_FLAG, NULL },
	};

	enum err e = args_parse(c, options + kind, words, words, why);

	s->json = c->json;
	if (e == ERR_OK)
		e = args_level(s->level, why);
	if (e == ERR_OK && s->csv && recorded(s))
		e = err_set(why, ERR_USAGE, "--csv", NULL,
		    "it goes without --report and --artifacts");
	if (e == ERR_OK && recorded(s) && !s->dry)
		e = records_open(&s->records, &s->reports, NULL, s->artifacts, why);
	return e;
}

/* What the places say: the profile of the first, its settings; each one's facts for the script. */
static void
place_words(struct script *s)
{
	const json_t *row, *v;
	const char *key;
	size_t i;

	if (s->board == NULL)
		s->board = place_use_text(&s->use, 0, "board");
	json_array_foreach(s->use.rows, i, row)
		place_use_fact(row, s->words, &s->nwords, "place");
	json_object_foreach(json_object_get(json_array_get(s->use.rows, 0), "set"), key, v)
		if (s->nwords < ARGS_SETS_MAX && s->sets.n < ARGS_SETS_MAX) {
			s->words[s->nwords] = mem_fmt("%s=%s", key, json_string_value(v));
			s->sets.v[s->sets.n++] = s->words[s->nwords++];
		}
}

/* The plugin of the board's profile is loaded beside what runs; a script may declare it itself. */
static void
profile_words(struct script *s)
{
	const size_t room = sizeof s->words / sizeof *s->words - 1;
	size_t n;

	if (s->board == NULL || plugins_find("board", s->board, &s->profile, NULL) != ERR_OK)
		return;
	n = json_array_size(s->profile);
	for (size_t i = 0; i + 1 < n && s->nwords < room; i += 2) {
		const char *key = json_string_value(json_array_get(s->profile, i)),
			   *value = json_string_value(json_array_get(s->profile, i + 1));

		if (strcmp(key, "--plugin") == 0) {
			s->words[s->nwords] = mem_fmt("profile=%s", value);
			add_pair(s, "--uses", s->words[s->nwords++]);
		} else {
			add_pair(s, key, value);
		}
	}
}

/* What both have in front: places 0, 2 and 4 are filled in by run(). */
static void
head(struct script *s, const struct cli_call *c)
{
	const size_t facts = place_use_count(&s->use);

	place_words(s);
	add(s, "vise-script");
	add_pair(s, "--bench", "");
	add_pair(s, "--console", "main");
	add_pair(s, "--board", s->board);
	profile_words(s);
	add_pair(s, "--timeout", s->timeout);
	if (c->json)
		add(s, "--json");
	if (recorded(s))
		add_pair(s, "--run", "records=on");
	if (!s->keep_power)
		add_pair(s, "--run", "power=back");
	if (s->level != NULL) {
		s->words[s->nwords] = mem_fmt("log=%s", s->level);
		add_pair(s, "--run", s->words[s->nwords++]);
	}
	for (size_t i = 0; i < facts && i < s->nwords; i++)
		add_pair(s, "--run", s->words[i]);
	for (size_t i = 0; i < s->sets.n; i++)
		add_pair(s, "--set", s->sets.v[i]);
	for (size_t i = 0; i < s->answers.n; i++) {
		s->words[s->nwords] = mem_fmt("answer:%s", s->answers.v[i]);
		add_pair(s, "--run", s->words[s->nwords++]);
	}
}

/* Held before anything is asked of the bench. */
static enum err
hold(struct script *s, const struct cli_call *c, struct err_msg *why)
{
	return place_use_target(&s->use, &s->place, c->name, false, &s->port, &s->baud, why);
}

/* The consoles of the other places, by their names. */
static enum err
others(struct script *s, struct door *d, struct err_msg *why)
{
	char console[DOOR_NAME_MAX], baud[16];
	enum err e = ERR_OK;

	for (size_t i = 1; e == ERR_OK && i < place_use_count(&s->use); i++)
		if (place_use_text(&s->use, i, "console") != NULL)
			e = door_also(d, place_use_text(&s->use, i, "console"),
			    place_use_text(&s->use, i, "as"),
			    place_use_baud(&s->use, i, baud), console, why);
	return e;
}

static int
perform(struct cli_call *c, struct script *s, enum err e, struct err_msg *why)
{
	struct door d = { .client = NULL };
	int status = 0;

	if (e == ERR_OK)
		e = door_open_run(&d, c->bench, s->port, why);
	if (e == ERR_OK && s->port != NULL)
		e = door_console(&d, s->port, s->baud, why);
	if (e == ERR_OK)
		e = others(s, &d, why);
	if (e == ERR_OK)
		e = run(s, &d, &status, why);
	door_close(&d);
	records_close(&s->records);
	place_use_close(&s->use);
	json_decref(s->profile);
	while (s->nwords > 0)
		mem_free(s->words[--s->nwords]);
	return e == ERR_OK ? status : say_end(c, e, why);
}

/* Its host says what it would do, without a bench; the targets are looked at. */
static int
dry_run(struct cli_call *c, struct script *s, json_t *words, const char *const *rest)
{
	json_t *plan = NULL;
	struct dryrun d;
	struct err_msg why;
	int status = 0;
	enum err e;

	dryrun_init(&d);
	if (s->port != NULL)
		dryrun_port(&d, "main", s->port);
	dryrun_board(&d, s->board, true);
	dryrun_places(&d, &s->place);
	if (c->json)
		(void)json_array_append_new(words, json_string("--json"));
	for (size_t i = 0; i < s->sets.n; i++) {
		(void)json_array_append_new(words, json_string("--set"));
		(void)json_array_append_new(words, json_text(s->sets.v[i], strlen(s->sets.v[i])));
	}
	(void)json_array_append_new(words, json_string("--run"));
	(void)json_array_append_new(words, json_string("dry=on"));
	e = c->json ? capture_plugin(words, rest, &plan, &status, &why)
		    : capture_say(words, rest, &status, &why);
	dryrun_status(&d, e == ERR_OK ? status : say_end(c, e, &why));
	if (c->json && plan == NULL)
		plan = json_pack("{s:s}", "type", "plan");
	status = dryrun_end(&d, plan);
	if (plan != NULL)
		say_json(plan);
	json_decref(plan);
	return status;
}

static int
dry_script(struct cli_call *c, struct script *s)
{
	const char *rest[] = { c->word[0], NULL };
	json_t *words = json_array();
	const int status = dry_run(c, s, words, rest);

	json_decref(words);
	return status;
}

static int
dry_workflow(struct cli_call *c, struct script *s, const json_t *words, const char *id)
{
	const char *rest[] = { "--workflow", id, NULL };
	json_t *all = json_copy((json_t *)(uintptr_t)words);
	int status;

	if (s->board != NULL) {
		(void)json_array_append_new(all, json_string("--board"));
		(void)json_array_append_new(all, json_string(s->board));
	}
	status = dry_run(c, s, all, rest);
	json_decref(all);
	return status;
}

int
cli_script(struct cli_call *c)
{
	struct script s = { .n = 0 };
	struct err_msg why;
	enum err e = parse(c, &s, 1, SCRIPT, &why);

	if (e == ERR_OK && !path_exists(c->word[0]))
		e = err_set(&why, ERR_NOENT, c->word[0], NULL, "no such file");
	if (e == ERR_OK && s.dry)
		return dry_script(c, &s);
	if (e == ERR_OK)
		e = hold(&s, c, &why);
	if (e == ERR_OK) {
		head(&s, c);
		add(&s, c->word[0]);
		if (c->has_rest)
			add(&s, "--");
		for (size_t i = 0; i < c->rests; i++)
			add(&s, c->rest[i]);
	}
	return perform(c, &s, e, &why);
}

/* `vise macro run TARGET NAME`: word 1 and 2. */
int
cli_script_macro(struct cli_call *c)
{
	struct script s = { .n = 0, .keep_power = true };
	struct err_msg why;
	json_t *words = NULL;
	enum err e = parse(c, &s, 3, MACRO, &why);
	int status;

	if (e == ERR_OK)
		e = plugins_find("macro", c->word[2], &words, &why);
	if (e == ERR_OK) {
		s.port = c->word[1];
		e = hold(&s, c, &why);
	}
	if (e == ERR_OK) {
		head(&s, c);
		add_words(&s, words);
		add_pair(&s, "--macro", c->word[2]);
	}
	status = perform(c, &s, e, &why);
	json_decref(words);
	return status;
}

int
cli_script_workflow(struct cli_call *c)
{
	struct script s = { .n = 0 };
	struct err_msg why;
	json_t *words = NULL;
	bool run_word = c->argc > 1 && strcmp(c->argv[1], "run") == 0;
	enum err e = parse(c, &s, run_word ? 2 : 1, WORKFLOW, &why);
	const char *id = e == ERR_OK ? c->word[run_word] : "";
	int status;

	if (e == ERR_OK)
		e = plugins_find("workflow", id, &words, &why);
	if (e == ERR_OK && s.dry) {
		status = dry_workflow(c, &s, words, id);
		json_decref(words);
		return status;
	}
	if (e == ERR_OK)
		e = hold(&s, c, &why);
	if (e == ERR_OK) {
		head(&s, c);
		if (s.csv)
			add_pair(&s, "--run", "csv=on");
		add_words(&s, words);
		add_pair(&s, "--workflow", id);
	}
	status = perform(c, &s, e, &why);
	json_decref(words);
	return status;
}
