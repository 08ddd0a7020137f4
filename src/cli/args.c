/* args.c - options of a subcommand. */
#include "cli/args.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"

static enum err
bad(const struct cli_call *c, const char *what, const char *text, struct err_msg *why)
{
	const struct cli_command *cmd = cli_find(c->name);
	char next[ERR_NEXT_MAX] = "vise --help";
	struct err_msg m;

	if (cmd != NULL) {
		/* err_set bounds it: usage lines are longer than they look */
		(void)err_set(
		    &m, ERR_USAGE, NULL, NULL, "usage: vise %s %s", cmd->name, cmd->usage);
		memcpy(next, m.why, sizeof next - 1);
		next[sizeof next - 1] = '\0';
	}
	return err_set(why, ERR_USAGE, what, next, "%s", text);
}

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
	const struct args_option common[] = {
		{ "--json", ARGS_FLAG, &c->json },
		{ "--bench", ARGS_TEXT, &c->bench },
		{ "--trust-hash", ARGS_TEXT, &trust },
		{ NULL, ARGS_FLAG, NULL },
	};
	const char *value, *arg = c->argv[*i];
	const struct args_option *o = find(options, arg, &value);

	if (o == NULL)
		o = find(common, arg, &value);
	if (o == NULL)
		return bad(c, arg, "no such option", why);
	if (o->kind == ARGS_FLAG && value != NULL)
		return bad(c, o->name, "takes no value", why);
	if (o->kind != ARGS_FLAG && value == NULL) {
		if (*i + 1 >= c->argc)
			return bad(c, o->name, "needs a value", why);
		value = c->argv[++*i];
	}
	if (!store(o, value))
		return bad(c, o->name, "its value makes no sense", why);
	if (trust != NULL)
		(void)setenv(ARGS_TRUST, trust, 1);     /* for the bench that we start, too */
	return ERR_OK;
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
	if (c->words < min)
		return bad(c, c->name[0] != '\0' ? c->name : "vise", "something is missing", why);
	if (c->words > max)
		return bad(c, c->word[max], "is one word too many", why);
	return ERR_OK;
}

bool
args_want_help(const struct cli_call *c)
{
	for (int i = 1; i < c->argc && strcmp(c->argv[i], "--") != 0; i++)
		if (strcmp(c->argv[i], "--help") == 0 || strcmp(c->argv[i], "-h") == 0)
			return true;
	return c->argc < 2;
}
