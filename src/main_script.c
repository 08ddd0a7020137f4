/* main_script.c - the command line of the script host. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/slice.h"
#include "script/run.h"

static const char usage[] =
    "usage: vise-script [--bench SOCKET | --fd N] [--console NAME] [--board ID] [--set K=V]...\n"
    "                   [--timeout T] [--json] [--verbose] FILE.lua [-- ARGS...]\n"
    "       vise-script ... --plugin DIR [--tree DIR --tree-hash SHA256] [--uses NAME=DIR]...\n"
    "   --describe | --check | --compile -- FILE... | --serve | --workflow ID | --macro ID\n"
    "   | --flash|--debug|--plan BOARD FILE | --reset|--server|--register BOARD\n"
    "The usual door is `vise script`, `vise workflow` and `vise flash`; see vise-script(1).\n";

enum { MAX_WORDS = 64 };
enum kind { TEXT, FLAG, SPAN, NUMBER, PAIR, ACT, ACT_ID, ACT_FILE };

#define AT(member) offsetof(struct run_options, member)
static const struct option { const char *name; enum kind kind; size_t at; } options[] = {
	{ "--bench", TEXT, AT(bench) }, { "--board", TEXT, AT(board) },
	{ "--plugin", TEXT, AT(plugin) }, { "--console", TEXT, AT(console) },
	{ "--json", FLAG, AT(json) }, { "--verbose", FLAG, AT(verbose) },
	{ "--timeout", SPAN, AT(timeout_ns) }, { "--watchdog", SPAN, AT(watchdog_ns) },
	{ "--busy", SPAN, AT(busy_ns) }, { "--grace", SPAN, AT(grace_ns) },
	{ "--tree", TEXT, AT(tree) }, { "--tree-hash", TEXT, AT(tree_hash) }, { "--fd", NUMBER, 0 },
	{ "--set", PAIR, 0 }, { "--uses", PAIR, 1 }, { "--run", PAIR, 2 }, { "--describe", ACT, 0 },
	{ "--check", ACT, 0 }, { "--compile", ACT, 0 }, { "--serve", ACT, 0 }, { "--test", ACT, 0 },
	{ "--workflow", ACT_ID, 0 }, { "--macro", ACT_ID, 0 }, { "--reset", ACT_ID, 0 },
	{ "--register", ACT_ID, 0 }, { "--decode", ACT_ID, 0 }, { "--server", ACT_ID, 0 },
	{ "--flash", ACT_FILE, 0 }, { "--plan", ACT_FILE, 0 }, { "--debug", ACT_FILE, 0 },
	{ "--debug-plan", ACT_FILE, 0 }, { "--usb", TEXT, AT(usb) }, { .name = NULL },
};

struct line {
	struct run_options o;
	const char *pairs[3][MAX_WORDS + 1];    /* sets, uses, runs */
	size_t npairs[3];
	char **argv;
	int argc, at;
};

static int
bad(const char *what, const char *why)
{
	fprintf(stderr, "vise: %s: %s; see vise-script(1)\n%s", what, why, usage);
	return err_exit_status(ERR_USAGE);
}

static const char *
next(struct line *l)
{
	return l->at + 1 < l->argc ? l->argv[++l->at] : NULL;
}

static bool
number(const char *v, int *out)
{
	uint64_t n;

	if (!slice_u64(slice_of(v), 1 << 20, &n))
		return false;
	*out = (int)n;
	return true;
}

static bool
act(struct line *l, const struct option *o)
{
	l->o.action = o->name + 2;
	if (o->kind != ACT && (l->o.id = next(l)) == NULL)
		return false;
	return o->kind != ACT_FILE || (l->o.file = next(l)) != NULL;
}

/* False: its value is missing or wrong. */
static bool
take(struct line *l, const struct option *o)
{
	char *field = (char *)&l->o + o->at;
	const char *v = NULL;

	if (o->kind == FLAG) {
		*(bool *)(void *)field = true;
		return true;
	}
	if (o->kind >= ACT)
		return act(l, o);
	if ((v = next(l)) == NULL)
		return false;
	switch (o->kind) {
	case TEXT: *(const char **)(void *)field = v; return true;
	case SPAN: return slice_duration(slice_of(v), (uint64_t *)(void *)field);
	case NUMBER: return number(v, &l->o.fd);
	default: break;
	}
	if (strchr(v, '=') == NULL || l->npairs[o->at] == MAX_WORDS)
		return false;
	l->pairs[o->at][l->npairs[o->at]++] = v;
	return true;
}

static int
word(struct line *l, const char *a)
{
	const struct option *o = options;

	while (o->name != NULL && strcmp(a, o->name) != 0)
		o++;
	if (o->name != NULL)
		return take(l, o) ? 0 : bad(a, "its value is missing or wrong");
	if (a[0] == '-')
		return bad(a, "no such option");
	if (l->o.file != NULL)
		return bad(a, "one file is enough; arguments stand behind --");
	l->o.file = a;
	return 0;
}

int
main(int argc, char **argv)
{
	struct line l = { .o = { .fd = -1, .action = "file" }, .argv = argv, .argc = argc };
	int status = 0;

	l.o.sets = l.pairs[0];
	l.o.uses = l.pairs[1];
	l.o.runs = l.pairs[2];
	for (l.at = 1; l.at < argc && status == 0; l.at++) {
		if (strcmp(argv[l.at], "--help") == 0)
			return fputs(usage, stdout) < 0;
		if (strcmp(argv[l.at], "--") == 0) {
			l.o.args = (const char *const *)argv + l.at + 1;
			l.o.nargs = (size_t)(argc - l.at - 1);
			break;
		}
		status = word(&l, argv[l.at]);
	}
	l.o.nsets = l.npairs[0];
	l.o.nruns = l.npairs[2];
	if (status != 0)
		return status;
	if (strcmp(l.o.action, "test") != 0 && strncmp(l.o.action, "debug", 5) != 0 &&
	    ((l.o.plugin == NULL) != (strcmp(l.o.action, "file") == 0) ||
		(l.o.plugin == NULL && l.o.file == NULL)))
		return bad("vise-script", "give a script, or --plugin with something to do");
	return run_script(&l.o);
}
