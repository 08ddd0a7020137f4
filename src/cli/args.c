/* args.c - options of a subcommand. */
#include "cli/args.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/slice.h"
#include "base/alloc.h"
#include "cli/about.h"
#include "cli/defaults.h"
#include "cli/subcommands.h"

/* Its usage is longer than an error: where it stands. */
static const char *
usage_of(const struct cli_call *c, struct err_msg *m)
{
	if (subcommands_find(c, c->name) == NULL)
		return "vise --help";
	(void)err_set(m, ERR_USAGE, NULL, NULL, "vise help %s", c->name);
	return m->why;
}

static enum err
bad(const struct cli_call *c, const char *what, const char *text, struct err_msg *why)
{
	struct err_msg m;

	return err_set(why, ERR_USAGE, what, usage_of(c, &m), "%s", text);
}

/* The first word that is not there, by its name in the usage. */
static enum err
missing(const struct cli_call *c, struct err_msg *why)
{
	const struct cli_command *cmd = subcommands_find(c, c->name);
	char word[40] = "", text[64];

	if (cmd != NULL)
		about_wanted(cmd, c->words, word, sizeof word);
	snprintf(text, sizeof text, "%s is missing", word[0] != '\0' ? word : "something");
	return bad(c, c->name[0] != '\0' ? c->name : "vise", text, why);
}

static enum err
no_such(const struct cli_call *c, const struct args_option *const *tables, const char *arg,
    struct err_msg *why)
{
	char name[ERR_WHAT_MAX], next[ERR_NEXT_MAX];
	struct nearest near;
	struct err_msg m;

	snprintf(name, sizeof name, "%.*s", (int)strcspn(arg, "="), arg);
	nearest_begin(&near, name);
	for (; *tables != NULL; tables++)
		for (const struct args_option *o = *tables; o->name != NULL; o++)
			nearest_offer(&near, o->name);
	return err_set(why, ERR_USAGE, name, nearest_advice(&near, usage_of(c, &m), next,
	    sizeof next), "no such option");
}

static const char *const wants[] = {
	[ARGS_FLAG] = "takes no value",
	[ARGS_TEXT] = "an empty value makes no sense",
	[ARGS_SPAN] = "a duration such as 500ms, 30s or 2m is wanted",
	[ARGS_COUNT] = "a whole number from 1 is wanted",
	[ARGS_SET] = "KEY=VALUE is wanted, at most 64 of them",
	[ARGS_LIST] = "an empty word makes no sense, nor more than 64 of them",
};

static bool
store(const struct args_option *o, const char *v)
{
	struct args_sets *sets = o->to;
	uint64_t n;

	switch (o->kind) {
	case ARGS_FLAG:
		*(bool *)o->to = true;
		return true;
	case ARGS_SPAN:
		if (!slice_duration(slice_of(v), &n) || n == 0)
			return false;
		break;
	case ARGS_COUNT:
		if (!slice_u64(slice_of(v), INT32_MAX, &n) || n == 0)
			return false;
		break;
	case ARGS_SET:
		if (strchr(v, '=') == NULL || v[0] == '=' || sets->n == ARGS_SETS_MAX)
			return false;
		sets->v[sets->n++] = v;
		return true;
	case ARGS_LIST:
		if (v[0] == '\0' || sets->n == ARGS_SETS_MAX)
			return false;
		sets->v[sets->n++] = v;
		return true;
	default:
		if (v[0] == '\0')
			return false;
		break;
	}
	*(const char **)o->to = v;
	return true;
}

/* "--name" or "--name=value". */
static const struct args_option *
find(const struct args_option *o, const char *arg, const char **value)
{
	const size_t n = strcspn(arg, "=");

	*value = arg[n] == '=' ? arg + n + 1 : NULL;
	for (; o != NULL && o->name != NULL; o++)
		if (strlen(o->name) == n && strncmp(o->name, arg, n) == 0)
			return o;
	return NULL;
}

static enum err
take(struct cli_call *c, const struct args_option *options, int *i, struct err_msg *why)
{
	const char *trust = NULL;
	bool clean = false;
	const struct args_option common[] = {
		{ "--json", ARGS_FLAG, &c->json },
		{ "--bench", ARGS_TEXT, &c->bench },
		{ "--trust-hash", ARGS_TEXT, &trust },
		{ "--clean", ARGS_FLAG, &clean },
		{ NULL, ARGS_FLAG, NULL },
	};
	const char *value, *arg = c->argv[*i];
	const struct args_option *o = find(options, arg, &value);

	if (o == NULL)
		o = find(common, arg, &value);
	if (o == NULL)
		return no_such(c, options != NULL ? (const struct args_option *const[]){ options,
		    common, NULL } : (const struct args_option *const[]){ common, NULL }, arg, why);
	if (o->kind == ARGS_FLAG && value != NULL)
		return bad(c, o->name, "takes no value", why);
	if (o->kind != ARGS_FLAG && value == NULL) {
		if (*i + 1 >= c->argc)
			return bad(c, o->name, "needs a value", why);
		value = c->argv[++*i];
	}
	if (!store(o, value)) {
		char what[ERR_WHAT_MAX];

		snprintf(what, sizeof what, "%s %s", o->name, value);
		return bad(c, what, wants[o->kind], why);
	}
	if (trust != NULL)
		(void)setenv(ARGS_TRUST, trust, 1);     /* for the bench that we start, too */
	if (clean)
		(void)setenv(ARGS_CLEAN, "1", 1);
	return ERR_OK;
}

/* ---- what a project says */

struct filling { struct cli_call *c; const struct args_option *options; };

static const struct args_option *
option_of(const struct filling *f, const char *name)
{
	const char *value;

	return find(f->options, name, &value);
}

static bool
line_has(void *arg, const char *option)
{
	return option_of(arg, option) != NULL;
}

static bool
line_given(void *arg, const char *option)
{
	const struct args_option *o = option_of(arg, option);

	if (o->kind == ARGS_SET || o->kind == ARGS_LIST)
		return ((const struct args_sets *)o->to)->n != 0;
	return o->kind == ARGS_FLAG ? *(const bool *)o->to : *(const char *const *)o->to != NULL;
}

static bool
line_put(void *arg, const char *option, const char *value)
{
	return store(option_of(arg, option), value);
}

static void
line_add_word(void *arg, const char *value)
{
	struct cli_call *c = ((struct filling *)arg)->c;

	c->own = mem_zero(c->words + 2, sizeof *c->own);
	for (size_t i = 0; i < c->words; i++)
		c->own[i] = c->word[i];
	c->own[c->words++] = (char *)(uintptr_t)value;
	c->word = c->own;
}

static enum err
fill(struct cli_call *c, const struct args_option *options, size_t max, struct err_msg *why)
{
	struct filling f = { c, options };
	const struct defaults_line l = { .arg = &f, .command = c->name, .bench = c->bench != NULL,
		.words = c->words, .most = max, .has = line_has, .given = line_given,
		.put = line_put, .add_word = line_add_word };

	return c->project.root != NULL ? ERR_OK : defaults_fill(&l, &c->project, why);
}

enum err
args_parse(struct cli_call *c, const struct args_option *options, size_t min, size_t max,
    struct err_msg *why)
{
	c->word = c->argv + 1;
	for (int i = 1; i < c->argc; i++) {
		char *arg = c->argv[i];

		if (strcmp(arg, "--") == 0) {
			c->has_rest = true;
			c->rest = c->argv + i + 1;
			c->rests = (size_t)(c->argc - i - 1);
			break;
		}
		if (arg[0] == '-' && arg[1] != '\0') {
			enum err e = take(c, options, &i, why);

			if (e != ERR_OK)
				return e;
		} else {
			c->word[c->words++] = arg;
		}
	}
	if (fill(c, options, max, why) != ERR_OK)
		return why->code;
	if (c->words < min)
		return missing(c, why);
	if (c->words > max)
		return bad(c, c->word[max], "is one word too many", why);
	return ERR_OK;
}

bool
args_given(int argc, char **argv, const char *flag)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], flag) == 0)
			return true;
	return false;
}

static bool
says_help(const struct cli_call *c)
{
	return args_given(c->argc, c->argv, "--help") || args_given(c->argc, c->argv, "-h");
}

bool
args_help(const struct cli_call *c, const char *usage)
{
	if (!says_help(c))
		return false;
	about_text(usage);
	return true;
}

bool
args_want_help(const struct cli_call *c)
{
	return says_help(c);
}

enum err
args_level(const char *level, struct err_msg *why)
{
	static const char *const levels[] = { "debug", "info", "warn", "error" };

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (level == NULL || strcmp(level, levels[i]) == 0)
			return ERR_OK;
	return err_set(why, ERR_USAGE, "--log-level", NULL,
	    "debug, info, warn or error, not %.40s", level);
}
