/* cli_test.c - a run of tests: benches and boards before it, records while it runs, reports. */
#include "cli/cli_test.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "cli/args.h"
#include "cli/artifacts.h"
#include "cli/capture.h"
#include "cli/cli_script.h"
#include "cli/door.h"
#include "cli/dryrun.h"
#include "cli/place_use.h"
#include "cli/plugins.h"
#include "cli/report_files.h"
#include "cli/report_go.h"
#include "cli/report_tap.h"
#include "cli/report_text.h"
#include "cli/say.h"
#include "cli/test_files.h"
#include "proto/dial.h"
#include "sys/io.h"
#include "sys/path.h"
#include "sys/spawn.h"
#include "sys/time.h"

enum { RECORD_MAX = 64 << 20, PIECE = 65536 };
static const uint64_t LAST_NS = 5 * NS_PER_S, LOGS_NS = 3 * NS_PER_S, LOOK_NS = 20 * NS_PER_MS;

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
	struct results results;
	struct artifacts kept;
	struct report report;
	struct report_files reports;
	struct buf line;
	struct loop_fd *watch;
	int fd;
	bool over;
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
	enum err e = door_open(&r->door, r->call->bench, first, true, why);

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

static void
take(struct run *r, const char *p, size_t n)
{
	json_t *record = json_read(p, n, "vise-script", NULL);
	const json_t *test;

	if (record == NULL) {
		say_text(stderr, p, n);
		fputc('\n', stderr);
		return;
	}
	test = results_take(&r->results, record);
	artifacts_record(&r->kept, record, test);
	r->report.ops->record(&r->report, record, test);
	report_files_record(&r->reports, record, test);
	json_decref(record);
}

static void
on_output(void *arg, unsigned events)
{
	struct run *r = arg;
	char piece[PIECE];
	const ssize_t n = sys_read(r->fd, piece, sizeof piece);
	size_t from = 0;

	(void)events;
	if (n <= 0) {
		loop_fd_close(r->watch);
		r->watch = NULL;
		r->over = true;
		return;
	}
	for (size_t i = 0; i < (size_t)n; i++) {
		if (piece[i] != '\n')
			continue;
		(void)buf_add(&r->line, piece + from, i - from);
		take(r, buf_str(&r->line), r->line.len);
		buf_clear(&r->line);
		from = i + 1;
	}
	(void)buf_add(&r->line, piece + from, (size_t)n - from);
}

static enum err
spawn(struct run *r, pid_t *pid, struct err_msg *why)
{
	const size_t n = json_array_size(r->argv);
	const char **argv = mem_zero(n + 2, sizeof *argv);
	char *program = path_program("vise-script");
	struct sys_spawn s = {
		.argv = argv, .fd_in = -1, .fd_err = 2, .fd3 = -1, .keep_group = true,
		.keep = r->use.keep, .nkeep = r->use.nkeep, .die_with_parent = true
	};
	int ends[2] = { -1, -1 };
	enum err e = ERR_OK;

	argv[0] = program;
	for (size_t i = 0; i < n; i++)
		argv[i + 1] = json_string_value(json_array_get(r->argv, i));
	if (!sys_pipe(ends))
		e = err_set(why, ERR_INFRA, "vise-script", NULL, "no pipe for it");
	s.fd_out = ends[1];
	if (e == ERR_OK)
		e = sys_spawn(&s, pid, why);
	sys_close(ends[1]);
	r->fd = ends[0];
	mem_free(program);
	mem_free(argv);
	return e;
}

/* ---- the run */

static void
start_reports(struct run *r)
{
	r->report = (struct report){ .f = stdout, .results = &r->results, .verbose = r->o.verbose };
	r->report.ops = r->o.tap                   ? &report_tap
			: r->o.tap13               ? &report_tap13
			: r->call->json || r->o.go ? &report_go
						   : &report_text;
	if (r->report.ops->start != NULL)
		r->report.ops->start(&r->report);
	report_files_start(&r->reports);
}

/* The bench's folder, its logs written. Heap, or NULL. */
static char *
logs_written(struct run *r)
{
	const uint64_t deadline = sys_mono() + LOGS_NS;
	const bool never = false;
	json_t *info = NULL;
	char *dir = NULL;

	if (r->kept.dir == NULL)
		return NULL;
	client_resume(r->door.client);
	while (!artifacts_ready(&r->kept) && sys_mono() < deadline)
		(void)client_wait(r->door.client, &never, sys_mono() + LOOK_NS, NULL);
	if (client_line(r->door.client, "bench.info", LOGS_NS, &info, NULL) == ERR_OK &&
	    json_get_str(info, "dir", "")[0] != '\0')
		dir = mem_str(json_get_str(info, "dir", ""));
	json_decref(info);
	return dir;
}

static void
watch_to_the_end(struct run *r, pid_t pid, int *status)
{
	r->watch = loop_fd_open(client_loop(r->door.client), r->fd, LOOP_READ, on_output, r);
	*status = cli_script_wait(r->door.client, pid, &r->use);
	client_resume(r->door.client);
	while (!r->over && r->watch != NULL &&
	       client_wait(r->door.client, &r->over, sys_mono() + LAST_NS, NULL) == ERR_OK)
		;
	while (!r->over && r->watch != NULL) /* the bench went first: what is left in the pipe */
		on_output(r, LOOP_READ);
	loop_fd_close(r->watch);
	if (r->results.ended)
		return;
	if (*status == 0 || *status > 128)
		*status = *status == 130 || *status == 143 ? *status : err_exit_status(ERR_SCRIPT);
	results_break_off(&r->results, "the script host ended before the tests did");
}

static enum err
run(struct run *r, int *status, struct err_msg *why)
{
	char *socket = dial_socket(r->door.bench), *dir;
	pid_t pid = -1;
	enum err e;

	words(r, socket);
	mem_free(socket);
	e = spawn(r, &pid, why);
	if (e != ERR_OK)
		return e;
	start_reports(r);
	watch_to_the_end(r, pid, status);
	r->report.ops->end(&r->report);
	dir = logs_written(r);
	e = artifacts_finish(&r->kept, &r->results, dir, *status, why);
	mem_free(dir);
	if (e == ERR_OK)
		e = report_files_end(&r->reports, why);
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
	buf_init(&text, RECORD_MAX);
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
		e = report_files_open(&r->reports, &o->reports, o->junit, &r->results, why);
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
	enum err e = artifacts_init(&r->kept, r->o.artifacts, why);

	if (e == ERR_OK)
		e = reach(r, why);
	if (e == ERR_OK)
		e = run(r, status, why);
	door_close(&r->door);
	return e;
}

int
cli_test(struct cli_call *c)
{
	struct run r = { .call = c, .files = json_array(), .argv = json_array(), .fd = -1 };
	struct err_msg why;
	int status = 0, end;
	enum err e;

	buf_init(&r.line, RECORD_MAX);
	results_init(&r.results);
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
	sys_close(r.fd);
	artifacts_fini(&r.kept);
	report_files_close(&r.reports);
	results_fini(&r.results);
	buf_fini(&r.line);
	json_decref(r.files);
	json_decref(r.argv);
	end = say_end(c, e, &why);
	return status != 0 ? status : end;
}
