/* profile_commands.c - view.profile.*: what the keys of the profile pane do. */
#include "ui/profile_commands.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/profile_ask.h"
#include "ui/profile_icicle.h"
#include "ui/profile_list.h"
#include "ui/prompt.h"

static const char *
word(const struct command_call *c, const char *name)
{
	return json_get_str(c->args, name, "");
}

/* The pane takes the keys and the whole screen: what the command changes is to be seen. */
static struct profile_view *
shown(struct command_call *c)
{
	struct ui *u = c->ctx;

	u->focus = PANE_PROFILE;
	u->zoom = true;
	return u->profile;
}

/* The word's place in a list that ends with NULL; -1: not there, and said. */
static int
choice(struct command_call *c, const char *name, const char *const *words)
{
	char all[160] = "";
	struct err_msg why;
	size_t n = 0;

	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(word(c, name), words[i]) == 0)
			return i;
		n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", i != 0 ? ", " : "",
		    words[i]);
	}
	(void)err_set(&why, ERR_USAGE, word(c, name), NULL, "give one of %s", all);
	command_fail(c, &why);
	return -1;
}

static void
run_page(struct command_call *c)
{
	static const char *const pages[] = { "compare", "snapshots", "leaks", "goroutines", NULL };
	int n = 0;

	if (word(c, "page")[0] == '\0')
		n = (int)(((struct ui *)c->ctx)->profile->page + 1) % PROFILE_PAGES;
	else
		n = choice(c, "page", pages);
	if (n < 0)
		return;
	shown(c)->page = (enum profile_page)n;
	command_done(c, NULL);
}

static void
run_part(struct command_call *c)
{
	static const char *const parts[] = { "table", "icicle", "details", NULL };
	struct ui *u = c->ctx;
	int n;

	if (word(c, "part")[0] == '\0' && (!u->zoom || u->focus != PANE_PROFILE)) {
		command_done(c, NULL);
		ui_run_line(u, "view.next");
		return;
	}
	n = word(c, "part")[0] == '\0' ? (int)(u->profile->part + 1) % PROFILE_PARTS :
	    choice(c, "part", parts);
	if (n < 0)
		return;
	shown(c)->part = (enum profile_part)n;
	command_done(c, NULL);
}

static void
run_sort(struct command_call *c)
{
	struct profile_view *v = ((struct ui *)c->ctx)->profile;
	int n;

	if (word(c, "by")[0] == '\0')
		n = profile_sorts[v->sort + 1] != NULL ? (int)v->sort + 1 : 0;
	else
		n = choice(c, "by", profile_sorts);
	if (n < 0)
		return;
	v->sort = (unsigned)n;
	v->top = 0;
	ui_say(c->ctx, UI_INFO, "sorted by %s", profile_sorts[n]);
	command_done(c, NULL);
}

static void
run_only(struct command_call *c)
{
	static const char *const onlys[] = { "both", "growth", "shrink", NULL };
	const int n = choice(c, "what", onlys);

	if (n < 0)
		return;
	shown(c)->only = (enum profile_only)n;
	command_done(c, NULL);
}

static void
run_width(struct command_call *c)
{
	static const char *const widths[] = { "change", "total", NULL };
	struct profile_view *v = ((struct ui *)c->ctx)->profile;
	const int n = word(c, "of")[0] == '\0' ? !v->total_width : choice(c, "of", widths);

	if (n < 0)
		return;
	shown(c)->total_width = n == 1;
	command_done(c, NULL);
}

/* The next sample type of the profile, or the one named. */
static void
run_type(struct command_call *c)
{
	struct profile_view *v = shown(c);
	const json_t *types = json_object_get(v->answer, "types");
	const char *wanted = word(c, "type"), *now = v->type != NULL ? v->type :
	    json_get_str(v->answer, "type", "");
	const size_t n = json_array_size(types);

	for (size_t i = 0; i < n && wanted[0] == '\0'; i++)
		if (strcmp(json_string_value(json_array_get(types, i)), now) == 0)
			wanted = json_string_value(json_array_get(types, (i + 1) % n));
	if (wanted[0] != '\0')
		ui_say(c->ctx, UI_INFO, "type %s", wanted);
	else
		ui_say(c->ctx, UI_WARN, "the profile's types are not known yet");
	if (wanted[0] != '\0')
		profile_keep(&v->type, wanted);
	command_done(c, NULL);
}

static void
narrow(struct command_call *c, const char *how)
{
	struct ui *u = c->ctx;
	const struct profile_view *v = shown(c);
	const char *name = word(c, "function");

	if (name[0] == '\0' && v->chosen == NULL)
		ui_say(u, UI_WARN, "no function is selected");
	else
		profile_narrow(u, how, name[0] != '\0' ? name : v->chosen);
	command_done(c, NULL);
}

static void
run_focus(struct command_call *c)
{
	narrow(c, "focus");
}

static void
run_ignore(struct command_call *c)
{
	narrow(c, "ignore");
}

static void
run_hide(struct command_call *c)
{
	narrow(c, "hide");
}

static void
run_zoom(struct command_call *c)
{
	shown(c);
	profile_icicle_enter(c->ctx);
	command_done(c, NULL);
}

static void
run_undo(struct command_call *c)
{
	struct ui *u = c->ctx;

	if (json_get_bool(c->args, "all", false))
		while (profile_widen(u))
			;
	else if (!profile_widen(u))
		ui_say(u, UI_INFO, "all stacks are shown");
	command_done(c, NULL);
}

static void
run_side(struct command_call *c)
{
	static const char *const sides[] = { "left", "right", NULL };
	struct ui *u = c->ctx;
	const int n = choice(c, "to", sides);

	if (n < 0)
		return;
	if (u->profile->page == PROFILE_COMPARE && u->profile->part == PROFILE_ICICLE)
		profile_icicle_side(u, n == 0 ? -1 : 1);
	command_done(c, NULL);
}

static void
run_select(struct command_call *c)
{
	shown(c);
	profile_choose(c->ctx, word(c, "function"));
	command_done(c, NULL);
}

void
profile_filter(struct ui *u, const char *text)
{
	struct profile_view *v = u->profile;

	if (text == NULL) {
		prompt_open(u, "rows that match", "view.filter", v->match != NULL ? v->match : "");
		return;
	}
	profile_keep(&v->match, text);
	v->top = 0;
}

static void
run_shot(struct command_call *c)
{
	static const char *const slots[] = { "a", "b", NULL };
	const int n = choice(c, "slot", slots);

	if (n < 0)
		return;
	profile_list_choose(c->ctx, slots[n]);
	command_done(c, NULL);
}

/* The file gets what is seen: filters, type and direction of the pane go with it. */
static void
run_export(struct command_call *c)
{
	struct ui *u = c->ctx;
	const bool asks = word(c, "file")[0] == '\0';
	struct buf line;

	buf_init(&line, 60 << 10);
	(void)buf_add_str(&line, "profile.export ");
	command_quote(word(c, "file"), &line);
	profile_arguments(u, &line);
	command_done(c, NULL);
	if (asks)
		prompt_open(u, "export to (.svg .folded .speedscope.json .txt .pb.gz)",
		    "view.profile.export", "profile.svg");
	else
		ui_run_line(u, buf_str(&line));
	buf_fini(&line);
}

#define ARGS(array, ...) static const struct command_arg array[] = { __VA_ARGS__, { .name = NULL } }

ARGS(args_page, { "page", ARG_WORD, 0, NULL, "compare snapshots leaks goroutines; else the next" });
ARGS(args_part, { "part", ARG_WORD, 0, NULL, "table icicle details; else the next" });
ARGS(args_by, { "by", ARG_WORD, 0, NULL, "delta growth flat cum cum_b error name; else the next" });
ARGS(args_what, { "what", ARG_WORD, ARG_MUST, NULL, "both growth shrink" });
ARGS(args_of, { "of", ARG_WORD, 0, NULL, "change total; else the other" });
ARGS(args_type, { "type", ARG_WORD, 0, NULL, "sample type; else the next" });
ARGS(args_function, { "function", ARG_WORD, 0, NULL, "else the selected one" });
ARGS(args_name, { "function", ARG_WORD, ARG_MUST, NULL, "its whole name" });
ARGS(args_all, { "all", ARG_BOOL, 0, "off", "every step" });
ARGS(args_to, { "to", ARG_WORD, ARG_MUST, NULL, "left right" });
ARGS(args_slot, { "slot", ARG_WORD, ARG_MUST, NULL, "a b" });
ARGS(args_export, { "file", ARG_WORD, 0, NULL, "without it asks" });

const struct command profile_commands[] = {
	{ "view.profile.export", "write what is shown to a file", args_export, COMMAND_VIEW,
	    run_export },
	{ "view.profile.focus", "only stacks through a function", args_function, COMMAND_VIEW,
	    run_focus },
	{ "view.profile.hide", "leave a function out of the stacks", args_function, COMMAND_VIEW,
	    run_hide },
	{ "view.profile.ignore", "no stacks through a function", args_function, COMMAND_VIEW,
	    run_ignore },
	{ "view.profile.only", "what grew, what shrank, or both", args_what, COMMAND_VIEW,
	    run_only },
	{ "view.profile.page", "comparison, snapshots, leaks, goroutines", args_page, COMMAND_VIEW,
	    run_page },
	{ "view.profile.part", "table, icicle or details", args_part, COMMAND_VIEW, run_part },
	{ "view.profile.select", "select a function in all parts", args_name, COMMAND_VIEW,
	    run_select },
	{ "view.profile.shot", "make the selected snapshot A or B", args_slot, COMMAND_VIEW,
	    run_shot },
	{ "view.profile.side", "the box beside", args_to, COMMAND_VIEW, run_side },
	{ "view.profile.sort", "sort the rows", args_by, COMMAND_VIEW, run_sort },
	{ "view.profile.type", "another sample type", args_type, COMMAND_VIEW, run_type },
	{ "view.profile.undo", "take the last narrowing back", args_all, COMMAND_VIEW, run_undo },
	{ "view.profile.width", "what boxes are as wide as", args_of, COMMAND_VIEW, run_width },
	{ "view.profile.zoom", "only what is below the selected box", NULL, COMMAND_VIEW,
	    run_zoom },
	{ .name = NULL },
};
