/* verbs.c - the verbs of a subcommand. */
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/nearest.h"
#include "cli/say.h"

static const char *
name_at(const char *const *names, size_t stride, size_t i)
{
	return *(const char *const *)(const void *)((const char *)names + i * stride);
}

/* "list, show or find" */
static void
add_all(struct buf *b, const char *const *names, size_t stride, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)buf_add_fmt(b, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ",
		    name_at(names, stride, i));
}

enum err
verbs_refuse(const char *subcommand, const char *word, const char *const *names, size_t stride,
    size_t n, struct err_msg *why)
{
	const bool given = word != NULL && word[0] != '\0';
	char help[ERR_NEXT_MAX], next[ERR_NEXT_MAX];
	struct nearest near;
	struct buf all;
	enum err e;

	nearest_begin(&near, given ? word : "");
	for (size_t i = 0; i < n; i++)
		nearest_offer(&near, name_at(names, stride, i));
	snprintf(help, sizeof help, "vise help %s", subcommand);
	buf_init(&all, ERR_WHY_MAX);
	add_all(&all, names, stride, n);
	e = err_set(why, ERR_USAGE, given ? word : subcommand,
	    nearest_advice(&near, help, next, sizeof next), "%s%s: %s",
	    given ? "no such verb of " : "say what to do", given ? subcommand : "", buf_str(&all));
	buf_fini(&all);
	return e;
}

static int
refuse(struct cli_call *c, const struct cli_verb *verbs, const char *word)
{
	const char *names[32];
	struct err_msg why;
	size_t n = 0;

	for (; verbs->name != NULL && n < sizeof names / sizeof *names; verbs++)
		names[n++] = verbs->name;
	return say_end(c, verbs_refuse(c->name, word, names, sizeof *names, n, &why), &why);
}

int
verbs_run(struct cli_call *c, const struct cli_verb *verbs)
{
	const char *word = NULL;

	for (int i = 1; i < c->argc && strcmp(c->argv[i], "--") != 0; i++) {
		for (const struct cli_verb *v = verbs; v->name != NULL; v++)
			if (strcmp(c->argv[i], v->name) == 0)
				return v->run(c);
		if (word == NULL && c->argv[i][0] != '-')
			word = c->argv[i];
	}
	return refuse(c, verbs, word);
}
