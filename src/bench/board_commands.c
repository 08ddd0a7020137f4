/* board_commands.c - using what plugins provide: boards, flashing, workflows, macros, scripts. */
#include "bench/board_commands.h"

#include <string.h>

#include "base/alloc.h"
#include "bench/board_gauges.h"
#include "bench/boards.h"
#include "bench/consoles.h"
#include "bench/decoders.h"
#include "bench/host_jobs.h"
#include "bench/jobs.h"
#include "bench/news.h"
#include "bench/ties.h"
#include "bench/triggers.h"
#include "core/plugin.h"
#include "sys/path.h"

/* ---- what hosts say */

/* "triggers" or "gauges" of the chosen board, or NULL. */
static json_t *
of_board(const struct bench *b, const char *what)
{
	return b->board != NULL ? json_object_get(json_row(b->boards, b->board), what) : NULL;
}

/* Where what is known of the board in use changed. before: until now. */
static void
follow_profile(struct bench *b, const json_t *triggers_before, const json_t *gauges_before)
{
	json_t *triggers = of_board(b, "triggers"), *gauges = of_board(b, "gauges");

	if (triggers != triggers_before && !json_equal(triggers, triggers_before))
		triggers_board(b, triggers);
	if (gauges != gauges_before && !json_equal(gauges, gauges_before))
		board_gauges_use(b, gauges_before, gauges);
}

enum err
board_commands_register(struct bench *b, const json_t *params, struct err_msg *why)
{
	const char *plugin = json_get_str(params, "plugin", "script");
	json_t *triggers, *gauges;

	if (!json_is_object(params))
		return err_set(why, ERR_USAGE, "register", NULL, "needs an object");
	triggers = json_incref(of_board(b, "triggers"));
	gauges = json_incref(of_board(b, "gauges"));
	boards_merge(b->boards, json_object_get(params, "boards"), plugin);
	boards_place(b->boards);
	follow_profile(b, triggers, gauges);
	json_decref(triggers);
	json_decref(gauges);
	boards_merge(b->workflows, json_object_get(params, "workflows"), plugin);
	boards_merge(b->macros, json_object_get(params, "macros"), plugin);
	boards_told(b);
	return ERR_OK;
}

/* ---- running */

/* A profile without a manifest tells what it is by running, which waits until somebody looks. */
void
board_commands_learn(struct bench *b)
{
	json_t *row;
	size_t i;

	json_array_foreach(b->plugin_rows, i, row) {
		const char *id = plugin_provided(json_array_get(json_object_get(row, "provides"),
		    0), "board");
		const struct host_job h = { .kind = "board", .id = id, .verb = "--register" };
		struct err_msg why;
		uint32_t job;

		if (id == NULL || json_object_get(row, "file") == NULL || !plugin_usable(row) ||
		    json_get_bool(row, "learned", false) ||
		    plugin_find(b->plugin_rows, "board", id) != row)
			continue;
		json_put_bool(row, "learned", true);
		if (host_job_start(b, &h, &job, &why) != ERR_OK)
			bench_notice_err(b, "error", id, &why);
	}
}

/* Its clean-up has the time of the bench's option. */
static void
add_grace(const struct bench *b, json_t *argv)
{
	host_job_pair(argv, "--grace", options_text(&b->options, OPT_BENCH_GRACE));
}

static enum err
check_file(const char *file, struct err_msg *why)
{
	if (file == NULL || file[0] == '\0')
		return ERR_OK;
	if (file[0] != '/')
		return err_set(
		    why, ERR_USAGE, file, NULL, "give the whole path: the bench runs in /");
	return path_exists(file) ? ERR_OK : err_set(why, ERR_NOENT, file, NULL, "no such file");
}

static void
run_host(struct command_call *c, const struct host_run *r)
{
	struct bench *b = c->ctx;
	const json_t *m = r->kind != NULL ? host_job_provider(b, r->kind, r->id) : NULL;
	struct bench_job *j;
	struct err_msg why;
	json_t *argv;
	char *name;
	enum err e = r->kind != NULL ? check_file(r->file, &why) : ERR_OK;

	if (e == ERR_OK)
		e = ties_check(b, &why);
	if (e == ERR_OK && m == NULL && r->kind != NULL)
		e = err_set(&why, ERR_NOENT, r->id,
		    "board.list and `vise do workflow.list` name them",
		    "no plugin provides the %s %s", r->kind, r->id);
	if (e != ERR_OK) {
		command_fail(c, &why);
		return;
	}
	argv = host_job_argv(b, m, r, json_object_get(c->args, "set"));
	add_grace(b, argv);
	name = mem_fmt("%s %s", r->verb + 2, m != NULL ? r->id : r->file);
	const struct bench_job_request q = {
		.name = name, .kind = r->job_kind, .argv = argv, .pty = r->pty, .with_socket = true,
		.by = c->client != NULL ? peer_name(((struct client *)c->client)->peer) : "bench",
		.port = r->port,
	};
	e = jobs_start(b, &q, &j, &why);
	json_decref(argv);
	mem_free(name);
	if (e == ERR_OK)
		jobs_answer(c, j, json_get_bool(c->args, "wait", false));
	else
		command_fail(c, &why);
}

static const char *
board_of(struct command_call *c)
{
	const struct bench *b = c->ctx;
	const char *id = json_get_str(c->args, "board", b->board);
	struct err_msg why;

	if (id == NULL) {
		(void)err_set(&why, ERR_USAGE, c->command->name,
		    "board.use ID, or give board=ID (board.list names them)", "no board is chosen");
		command_fail(c, &why);
	}
	return id;
}

/* The console whose port the flash tool needs: as the call says, else as the profile's
 * console.main.lend says; NULL: none. */
static const char *
flash_port(const struct command_call *c, const char *id)
{
	const struct bench *b = c->ctx;
	const char *given = json_get_str(c->args, "port", NULL),
		   *there = json_get_str(c->args, "console", NULL);
	const json_t *row, *console;
	size_t i;

	if (given != NULL)
		return strcmp(given, "none") != 0 ? given : NULL;
	json_array_foreach(b->boards, i, row)
	{
		console = json_object_get(json_object_get(row, "console"), "main");
		if (strcmp(json_get_str(row, "id", ""), id) == 0 &&
		    json_get_bool(console, "lend", false) && !list_empty(&b->consoles))
			return there != NULL ? there : consoles_entry(b->consoles.next)->name;
	}
	return NULL;
}

static void
cmd_flash(struct command_call *c)
{
	const char *id = board_of(c), *file = json_get_str(c->args, "file", "");

	if (id != NULL && path_exists(file))
		decoders_flashed(c->ctx, file);
	if (id != NULL)
		run_host(c, &(const struct host_run){ .kind = "board", .id = id, .verb = "--flash",
		    .file = json_get_str(c->args, "file", NULL), .job_kind = "flash",
		    .console = json_get_str(c->args, "console", NULL),
		    .port = flash_port(c, id) });
}

static void
cmd_reset(struct command_call *c)
{
	const char *id = board_of(c);

	if (id != NULL)
		run_host(c, &(const struct host_run){
				.kind = "board", .id = id, .verb = "--reset", .job_kind = "run",
				.console = json_get_str(c->args, "console", NULL) });
}

static void
cmd_debug(struct command_call *c)
{
	const char *id = board_of(c);

	if (id != NULL)
		run_host(c, &(const struct host_run){ .kind = "board", .id = id, .verb = "--debug",
		    .file = json_get_str(c->args, "file", ""), .job_kind = "debug" });
}

static void
cmd_import(struct command_call *c)
{
	run_host(c, &(const struct host_run){ .id = json_get_str(c->args, "config", ""),
	    .verb = "--debug", .file = "launch.json", .job_kind = "debug" });
}

static void
cmd_workflow(struct command_call *c)
{
	run_host(c, &(const struct host_run){ .kind = "workflow",
			.id = json_get_str(c->args, "id", ""),
			.verb = "--workflow",
			.job_kind = "workflow" });
}

static void
cmd_macro(struct command_call *c)
{
	run_host(c, &(const struct host_run){ .kind = "macro",
			.id = json_get_str(c->args, "id", ""),
			.verb = "--macro",
			.console = json_get_str(c->args, "console", NULL),
			.job_kind = "macro" });
}

static void
cmd_use(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *id = json_get_str(c->args, "id", "");
	json_t *gauges;
	struct err_msg why;

	if (host_job_provider(b, "board", id) == NULL) {
		(void)err_set(
		    &why, ERR_NOENT, id, "board.list names them", "no plugin provides this board");
		command_fail(c, &why);
		return;
	}
	gauges = json_incref(of_board(b, "gauges"));
	mem_free(b->board);
	b->board = mem_str(id);
	bench_news(b, "bench", json_pack("{s:s}", "board", id));
	triggers_board(b, of_board(b, "triggers"));
	board_gauges_use(b, gauges, of_board(b, "gauges"));
	json_decref(gauges);
	command_done(c, NULL);
}

static void
cmd_boards(struct command_call *c)
{
	command_done(c, json_incref(((struct bench *)c->ctx)->boards));
}

static void
cmd_workflows(struct command_call *c)
{
	command_done(c, json_incref(((struct bench *)c->ctx)->workflows));
}

static void
cmd_script(struct command_call *c)
{
	struct bench *b = c->ctx;
	const char *file = json_get_str(c->args, "file", "");
	char *program = path_program("vise-script");
	json_t *argv = json_pack("[s,s,s]", program, "--fd", "3");
	struct bench_job *j;
	struct err_msg why;
	enum err e = check_file(file, &why);

	mem_free(program);
	if (!list_empty(&b->consoles))
		host_job_pair(argv, "--console", "main");
	add_grace(b, argv);
	(void)json_array_append_new(argv, json_string(file));
	const struct bench_job_request q = { .kind = "script",
		.argv = argv,
		.with_socket = true,
		.name = strrchr(file, '/') != NULL ? strrchr(file, '/') + 1 : file,
		.by = "script.run",
		.port = json_get_str(c->args, "port", NULL) };

	if (e == ERR_OK)
		e = jobs_start(b, &q, &j, &why);
	json_decref(argv);
	if (e == ERR_OK)
		jobs_answer(c, j, json_get_bool(c->args, "wait", false));
	else
		command_fail(c, &why);
}

#define BOARD_ARG { "board", ARG_WORD, 0, NULL, "board profile; the chosen one if absent" }
#define WAIT_ARG { "wait", ARG_BOOL, 0, "off", "answer when it ended" }
#define CONSOLE_ARG { "console", ARG_WORD, 0, NULL, "the board's console; the first if absent" }
#define SET_ARG { "set", ARG_REST, 0, NULL, "name=value for the plugin" }

static const struct command_arg flash_args[] = {
	{ "file", ARG_WORD, ARG_MUST, NULL, "image to program" },
	BOARD_ARG,
	WAIT_ARG,
	{ "port", ARG_WORD, 0, NULL,
	    "console whose port the tool gets for itself, or none; as the profile says if absent" },
	CONSOLE_ARG,
	SET_ARG,
	{ .name = NULL },
};
static const struct command_arg debug_args[] = {
	{ "file", ARG_WORD, ARG_MUST, NULL, "program to debug; \"\" for none" },
	BOARD_ARG, WAIT_ARG, SET_ARG, { .name = NULL },
};
static const struct command_arg import_args[] = {
	{ "config", ARG_WORD, ARG_MUST, NULL, "a configuration of VS Code's launch.json, as JSON" },
	WAIT_ARG, SET_ARG, { .name = NULL },
};
static const struct command_arg reset_args[] = { BOARD_ARG, WAIT_ARG, CONSOLE_ARG, SET_ARG,
	{ .name = NULL } };
static const struct command_arg id_args[] = {
	{ "id", ARG_WORD, ARG_MUST, NULL, "its id" }, WAIT_ARG, SET_ARG, { .name = NULL },
};
static const struct command_arg macro_args[] = {
	{ "id", ARG_WORD, ARG_MUST, NULL, "its id" }, WAIT_ARG,
	{ "console", ARG_WORD, 0, NULL, "where; the first console if absent" }, SET_ARG,
	{ .name = NULL },
};
static const struct command_arg use_args[] = {
	{ "id", ARG_WORD, ARG_MUST, NULL, "its id" }, { .name = NULL },
};
static const struct command_arg script_args[] = {
	{ "file", ARG_WORD, ARG_MUST, NULL, "Lua file" }, WAIT_ARG,
	{ "port", ARG_WORD, 0, NULL, "console whose port it gets for itself; $VISE_PORT names it" },
	{ .name = NULL },
};

const struct command bench_board_commands[] = {
	{ "board.list", "board profiles that plugins provide", NULL, 0, cmd_boards },
	{ "board.use", "choose the board profile", use_args, 0, cmd_use },
	{ "board.flash", "program an image into the board", flash_args, COMMAND_ASKS, cmd_flash },
	{ "board.reset", "reset the board the way its profile does", reset_args, COMMAND_ASKS,
	    cmd_reset },
	{ "board.debug", "open a debugger on the board", debug_args, 0, cmd_debug },
	{ "debug.import", "open a debugger as VS Code would", import_args, 0, cmd_import },
	{ "workflow.list", "workflows that plugins provide", NULL, 0, cmd_workflows },
	{ "workflow.run", "run a workflow", id_args, 0, cmd_workflow },
	{ "macro.run", "run a macro", macro_args, 0, cmd_macro },
	{ "script.run", "run a Lua file", script_args, 0, cmd_script },
	{ .name = NULL },
};
