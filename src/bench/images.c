/* images.c - a worker is asked about an image file. */
#include "bench/images.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "bench/looks.h"
#include "bench/profile_tasks.h"

struct asked {
	struct profile_task *task;
	struct command_call *call;
	struct bench *bench;
};

static void
on_answer(void *arg, const json_t *result, const struct err_msg *why)
{
	struct asked *a = arg;

	if (why != NULL)
		command_fail(a->call, why);
	else
		command_done(a->call, json_incref((json_t *)(uintptr_t)result));
	a->bench->looks--;
	profile_task_close(a->task);
	mem_free(a);
}

enum err
images_ask(struct command_call *c, const char *method, json_t *params, struct err_msg *why)
{
	struct bench *b = c->ctx;
	struct profile_task *t = NULL;
	struct asked *a;

	if (b->looks >= LOOKS_MAX)
		(void)err_set(why, ERR_BUSY, method, "try again in a moment",
		    "%d requests are being worked on", LOOKS_MAX);
	else
		t = profile_task_open(b, NULL, why);
	if (t == NULL) {
		json_decref(params);
		return why->code;
	}
	a = mem_zero(1, sizeof *a);
	*a = (struct asked){ t, c, b };
	b->looks++;
	profile_task_ask(t, method, params, (uint64_t)LIMIT_WORKER_MS * NS_PER_MS, on_answer, a);
	return ERR_OK;
}

/* The profile of the check: an object as text, as a script host has it. */
static enum err
put_board(json_t *params, const char *text, struct err_msg *why)
{
	json_t *board;

	if (text == NULL)
		return ERR_OK;
	board = json_read(text, strlen(text), "board", why);
	if (!json_is_object(board)) {
		json_decref(board);
		return err_set(why, ERR_USAGE, "board", "vise image check -p ID takes an id",
		    "is no profile as JSON");
	}
	json_put(params, "board", board);
	return ERR_OK;
}

static void
run(struct command_call *c, const char *method)
{
	static const char *const keys[] = { "path", "a", "b", "libc", "kernel", "symbols" };
	json_t *params = json_object();
	struct err_msg why = { .code = ERR_OK };
	enum err e;

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		json_t *v = json_object_get(c->args, keys[i]);

		if (v != NULL)
			(void)json_object_set(params, keys[i], v);
		if (i < 3 && v != NULL && json_string_value(v)[0] != '/') {
			(void)err_set(&why, ERR_USAGE, json_string_value(v), NULL,
			    "give the whole path: the bench runs in /");
			json_decref(params);
			command_fail(c, &why);
			return;
		}
	}
	e = put_board(params, json_get_str(c->args, "board", NULL), &why);
	if (e == ERR_OK)
		e = images_ask(c, method, params, &why);
	else
		json_decref(params);
	if (e != ERR_OK)
		command_fail(c, &why);
}

static void
cmd_show(struct command_call *c)
{
	run(c, "image.show");
}

static void
cmd_diff(struct command_call *c)
{
	run(c, "image.diff");
}

static void
cmd_check(struct command_call *c)
{
	run(c, "image.check");
}

static const struct command_arg show_args[] = {
	{ "path", ARG_WORD, ARG_MUST, NULL, "ELF, UF2, Intel HEX or plain file" },
	{ "symbols", ARG_INT, 0, "40", "how many of the largest" },
	{ .name = NULL },
};
static const struct command_arg diff_args[] = {
	{ "a", ARG_WORD, ARG_MUST, NULL, "the old one" },
	{ "b", ARG_WORD, ARG_MUST, NULL, "the new one" },
	{ .name = NULL },
};
static const struct command_arg check_args[] = {
	{ "path", ARG_WORD, ARG_MUST, NULL, "ELF, UF2, Intel HEX or plain file" },
	{ "board", ARG_WORD, 0, NULL, "the profile, as JSON" },
	{ "libc", ARG_WORD, 0, NULL, "glibc of the board" },
	{ "kernel", ARG_WORD, 0, NULL, "Linux of the board" },
	{ .name = NULL },
};

const struct command bench_image_commands[] = {
	{ "image.show", "what is in a program file", show_args, 0, cmd_show },
	{ "image.diff", "two builds of a program", diff_args, 0, cmd_diff },
	{ "image.check", "would an image run on a board, and why not", check_args, 0, cmd_check },
	{ .name = NULL },
};
