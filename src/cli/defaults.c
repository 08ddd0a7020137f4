/* defaults.c - the table of which setting of a project stands for which option. */
#include "cli/defaults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/cli.h"
#include "sys/path.h"

/* option "": the first word */
static const struct use { const char *command, *option, *setting; } uses[] = {
	{ "flash", "-p", "board" }, { "flash", "--port", "port" }, { "flash", "--place", "place" },
	{ "flash", "", "elf" },
	{ "reset", "-p", "board" }, { "reset", "--port", "port" }, { "reset", "--place", "place" },
	{ "debug", "-p", "board" }, { "debug", "--place", "place" },
	{ "console", "", "port" }, { "console", "--baud", "baud" },
	{ "console", "--place", "place" },
	{ "script", "--board", "board" }, { "script", "--port", "port" },
	{ "script", "--baud", "baud" }, { "script", "--place", "place" },
	{ "workflow", "--board", "board" }, { "workflow", "--port", "port" },
	{ "workflow", "--baud", "baud" }, { "workflow", "--place", "place" },
	{ "test", "--board", "board" }, { "test", "--port", "port" },
	{ "test", "--place", "place" }, { "test", "--artifacts", "artifacts" },
	{ "script", "--artifacts", "artifacts" }, { "workflow", "--artifacts", "artifacts" },
	{ "decode", "--elf", "elf" },
};

/* ---- the project */

static void
say_once(const struct err_msg *why)
{
	char text[ERR_WHAT_MAX + ERR_WHY_MAX + ERR_NEXT_MAX + 8];

	err_format(why, text, sizeof text);
	fprintf(stderr, "vise: %s\n", text);
}

/* Numbers as the words of a command line. */
static void
put_texts(json_t *data)
{
	const int64_t baud = json_get_int(data, "baud", 0);
	char *text = mem_fmt("%lld", (long long)baud);

	if (baud > 0)
		json_put_str(data, "baud", text);
	mem_free(text);
}

enum err
defaults_open(struct project *p, struct err_msg *why)
{
	char *cwd = path_cwd();
	enum err e = ERR_OK;

	*p = (struct project){ .root = NULL };
	if (getenv(ARGS_CLEAN) == NULL)
		e = project_open(p, cwd, getenv(ARGS_TRUST), why);
	mem_free(cwd);
	if (e != ERR_OK && p->trust != TRUST_ALLOWED && p->trust != TRUST_DENIED)
		say_once(why);
	if (p->data != NULL)
		put_texts(p->data);
	return p->trust != TRUST_ALLOWED ? ERR_OK : e;
}

char *
defaults_text(const char *setting)
{
	struct project p;
	struct err_msg why;
	const char *text;
	char *out;

	if (defaults_open(&p, &why) != ERR_OK)
		say_once(&why);
	text = json_get_str(p.data, setting, NULL);
	out = text != NULL ? mem_str(text) : NULL;
	project_fini(&p);
	return out;
}

/* ---- a command line */

static bool
takes_any(const char *command)
{
	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
		if (strcmp(uses[i].command, command) == 0)
			return true;
	return false;
}

static bool
any_given(const struct defaults_line *l, const char *const *options)
{
	for (; *options != NULL; options++)
		if (l->has(l->arg, *options) && l->given(l->arg, *options))
			return true;
	return false;
}

/* What the command line says excludes what the project says. */
static bool
excluded(const struct defaults_line *l, const char *setting, bool words)
{
	static const char *const place[] = { "--place", NULL },
	    *const target[] = { "--port", "--board", "-p", NULL };

	if (strcmp(setting, "place") == 0)
		return l->bench || words || any_given(l, target);
	if (strcmp(setting, "port") == 0 || strcmp(setting, "baud") == 0)
		return l->bench || any_given(l, place) ||
		    any_given(l, (const char *const[]){ "--port", NULL }) || words;
	return strcmp(setting, "board") == 0 && any_given(l, (const char *const[]){ "--board",
	    "-p", "--place", NULL });
}

static void
put_one(const struct defaults_line *l, const struct use *u, const char *value, bool words)
{
	/* a program that is not built yet is no reason to fail */
	if (strcmp(u->setting, "elf") == 0 && !path_exists(value))
		return;
	if (u->option[0] == '\0') {
		if (l->words == 0 && l->most > 0 && !excluded(l, u->setting, words))
			l->add_word(l->arg, value);
	} else if (l->has(l->arg, u->option) && !l->given(l->arg, u->option)) {
		(void)l->put(l->arg, u->option, value);
	}
}

enum err
defaults_fill(const struct defaults_line *l, struct project *p, struct err_msg *why)
{
	/* words of these are targets */
	const bool words = strcmp(l->command, "console") == 0 && l->words != 0;
	bool out[sizeof uses / sizeof *uses];
	enum err e;

	if (!takes_any(l->command))
		return ERR_OK;
	e = defaults_open(p, why);
	if (e != ERR_OK || p->data == NULL)
		return e;
	/* decided before anything is filled in: it would count as given */
	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
		out[i] = strcmp(uses[i].command, l->command) != 0 ||
		    excluded(l, uses[i].setting, words);
	for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
		const char *value = out[i] ? NULL : json_get_str(p->data, uses[i].setting, NULL);

		if (value != NULL)
			put_one(l, &uses[i], value, words);
	}
	return ERR_OK;
}
