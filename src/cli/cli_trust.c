/* cli_trust.c - looking at a project's code, and saying whether it may run. */
#include "cli/cli_trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "cli/args.h"
#include "cli/say.h"
#include "cli/verbs.h"
#include "core/plugin.h"
#include "core/project.h"
#include "core/trust.h"
#include "sys/path.h"

struct viewed {
	char *root;                     /* its .vise folder */
	struct tree tree;
	enum trust trust;
};

/* dir: the project, a folder in it, or its .vise itself; NULL: where we are. */
static enum err
open_project(struct viewed *p, const char *dir, struct err_msg *why)
{
	struct err_msg refused;

	*p = (struct viewed){ .root = trust_project(dir != NULL ? dir : ".") };
	if (p->root == NULL)
		return err_set(why, ERR_NOENT, dir != NULL ? dir : "this folder",
		    "vise plugin list shows the plugins that need no trust",
		    "is in no project with a " TRUST_FOLDER " folder");
	p->trust = trust_look(p->root, getenv(ARGS_TRUST), &p->tree, &refused);
	if (p->trust != TRUST_REFUSED)
		return ERR_OK;
	*why = refused;
	return refused.code;
}

static void
close_project(struct viewed *p)
{
	tree_fini(&p->tree);
	mem_free(p->root);
}

/* ---- the view */

/* What its plugins may do, the widest first. */
static void
print_needs(const json_t *needs)
{
	static const char *const words[][2] = {
		{ "exec", "run programs" }, { "commands", "run commands of the bench" },
		{ "net", "connect to" }, { "fs", "files" }, { "serve", "listen on" },
		{ "places", "take the places" }, { "usb", "USB devices" },
	};
	const json_t *v;
	size_t k;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const json_t *list = json_object_get(needs, words[i][0]);

		if (json_array_size(list) == 0)
			continue;
		printf("    may %s:", words[i][1]);
		json_array_foreach(list, k, v)
		{
			putchar(' ');
			say_str(stdout, json_string_value(v));
		}
		putchar('\n');
	}
	if (json_is_true(json_object_get(needs, "serial")))
		puts("    may read and write the consoles");
	if (json_object_size(needs) == 0)
		puts("    asks for nothing: it may register, decode and report");
}

static void
print_plugin(const json_t *row)
{
	const json_t *v;
	size_t i;

	printf("  ");
	say_str(stdout, json_get_str(row, "name", "?"));
	putchar(' ');
	say_str(stdout, json_get_str(row, "version", ""));
	printf("  ");
	say_str(stdout, json_get_str(row, "doc", ""));
	printf("\n    provides:");
	json_array_foreach(json_object_get(row, "provides"), i, v)
	{
		putchar(' ');
		say_str(stdout, json_string_value(v));
	}
	putchar('\n');
	if (json_object_get(row, "file") != NULL)
		puts("    a Lua file without a plugin.json: may run programs, all that you may");
	else
		print_needs(json_object_get(row, "needs"));
}

/* Whether a value names a program that is run: of all settings that is the widest. */
static bool
runs_programs(const json_t *v)
{
	const char *text = json_string_value(v);

	return text != NULL && (strncmp(text, "exec:", 5) == 0 || strncmp(text, "shell:", 6) == 0 ||
	    strstr(text, "=exec:") != NULL);
}

static void
print_setting(const char *name, const json_t *v)
{
	char *text = json_is_string(v) ? mem_str(json_string_value(v)) : NULL;
	struct buf b;

	buf_init(&b, 1 << 18);
	if (text == NULL)
		(void)json_write(v, &b);
	printf("    %-10s ", name);
	say_str(stdout, text != NULL ? text : buf_str(&b));
	putchar('\n');
	buf_fini(&b);
	mem_free(text);
}

/* What its project.json sets, what runs a program first. */
static void
print_project(const struct viewed *p)
{
	struct err_msg why;
	json_t *data = project_read(&p->tree, ".", &why), *v, *one;
	char text[800];
	const char *name;
	size_t i;

	if (data == NULL && why.code != ERR_OK) {
		err_format(&why, text, sizeof text);
		printf("  " PROJECT_FILE "  is wrong: ");
		say_str(stdout, text);
		putchar('\n');
	} else if (data != NULL) {
		puts("  " PROJECT_FILE "  sets");
	}
	json_object_foreach(data, name, v) {
		bool runs = runs_programs(v);

		json_array_foreach(v, i, one)
			runs = runs || runs_programs(one);
		if (runs)
			printf("    may run programs: by %s\n", name);
	}
	json_object_foreach(data, name, v)
		print_setting(name, v);
	json_decref(data);
}

static json_t *
rows_of(const struct viewed *p)
{
	const struct plugin_where w = { .from = p->root };
	json_t *all = plugin_rows(&w), *rows = json_array(), *row;
	size_t i;

	json_array_foreach(all, i, row)
		if (strcmp(json_get_str(row, "place", ""), "project") == 0)
			(void)json_array_append(rows, row);
	json_decref(all);
	return rows;
}

static json_t *
files_of(const struct viewed *p)
{
	json_t *files = json_array();

	for (size_t i = 0; i < p->tree.n; i++)
		(void)json_array_append_new(files, json_pack("{s:o,s:I}", "path",
		    json_text(p->tree.file[i].path, strlen(p->tree.file[i].path)), "bytes",
		    (json_int_t)p->tree.file[i].n));
	return files;
}

static void
print_view(const struct viewed *p, const json_t *rows, bool source)
{
	const json_t *row;
	size_t i;

	say_str(stdout, p->tree.root);
	printf("  %s\n", trust_word(p->trust));
	json_array_foreach(rows, i, row)
		print_plugin(row);
	print_project(p);
	printf("files:\n");
	for (i = 0; i < p->tree.n; i++) {
		printf("  %8zu  ", p->tree.file[i].n);
		say_str(stdout, p->tree.file[i].path);
		putchar('\n');
	}
	for (i = 0; source && i < p->tree.n; i++) {
		printf("\n==> ");
		say_str(stdout, p->tree.file[i].path);
		puts(" <==");
		say_text(stdout, p->tree.file[i].data, p->tree.file[i].n);
	}
	printf("\nhash: sha256:%s\n", p->tree.hash);
	if (p->trust != TRUST_ALLOWED)
		printf("Read the files (vise plugin view --source); when all is well:\n"
		       "  vise plugin trust --hash sha256:%.16s\n", p->tree.hash);
}

int
cli_trust_view(struct cli_call *c)
{
	bool source = false;
	const struct args_option options[] = { { "--source", ARGS_FLAG, &source },
		{ NULL, ARGS_FLAG, NULL } };
	struct viewed p = { .root = NULL };
	struct err_msg why;
	enum err e = args_parse(c, options, 1, 2, &why);
	json_t *rows = NULL;

	if (e == ERR_OK)
		e = open_project(&p, c->words > 1 ? c->word[1] : NULL, &why);
	if (e == ERR_OK)
		rows = rows_of(&p);
	if (e == ERR_OK && c->json) {
		json_t *o = json_pack("{s:s,s:s,s:s,s:O,s:o,s:o*}", "root", p.tree.root, "trust",
		    trust_word(p.trust), "hash", p.tree.hash, "plugins", rows, "files",
		    files_of(&p), "project", project_read(&p.tree, ".", &why));

		say_json(o);
		json_decref(o);
	} else if (e == ERR_OK) {
		print_view(&p, rows, source);
	}
	json_decref(rows);
	close_project(&p);
	return say_end(c, e, &why);
}

/* ---- saying it */

static enum err
check_hash(const struct viewed *p, const char *given, struct err_msg *why)
{
	char next[ERR_NEXT_MAX];

	if (given != NULL && trust_same(given, p->tree.hash))
		return ERR_OK;
	(void)snprintf(next, sizeof next, "look at it: vise plugin view %.150s", p->tree.root);
	return err_set(why, given != NULL ? ERR_DENIED : ERR_USAGE, p->tree.root, next,
	    given != NULL ? "the code is not what was looked at" :
	    "trust takes --hash, which the view prints");
}

static int
act(struct cli_call *c, enum trust_act what)
{
	const char *hash = NULL;
	const struct args_option options[] = { { "--hash", ARGS_TEXT, &hash },
		{ NULL, ARGS_FLAG, NULL } };
	struct viewed p = { .root = NULL };
	struct err_msg why = { .code = ERR_OK };
	enum err e = args_parse(c, what == TRUST_ALLOW ? options : NULL, 1, 2, &why);

	if (e == ERR_OK)
		e = open_project(&p, c->words > 1 ? c->word[1] : NULL, &why);
	/* what cannot be trusted can still be denied */
	if (e == ERR_DENIED && what != TRUST_ALLOW)
		e = ERR_OK;
	if (e == ERR_OK && what == TRUST_ALLOW)
		e = check_hash(&p, hash, &why);
	if (e == ERR_OK && p.tree.hash[0] == '\0')
		memset(p.tree.hash, '0', SHA256_HEX - 1);
	if (e == ERR_OK)
		e = trust_say(p.root, p.tree.hash, what, &why);
	if (e == ERR_OK && !c->json) {
		say_str(stdout, p.root);
		puts(what == TRUST_ALLOW ? ": trusted as it is now; a bench takes it up when it "
		    "starts, or by vise plugin reload" : what == TRUST_DENY ?
		    ": denied" : ": forgotten");
	}
	close_project(&p);
	return say_end(c, e, &why);
}

int
cli_trust_allow(struct cli_call *c)
{
	return act(c, TRUST_ALLOW);
}

int
cli_trust_deny(struct cli_call *c)
{
	return act(c, TRUST_DENY);
}

int
cli_trust_forget(struct cli_call *c)
{
	return act(c, TRUST_FORGET);
}

static const struct cli_verb verbs[] = {
	{ "view", cli_trust_view }, { "allow", cli_trust_allow }, { "deny", cli_trust_deny },
	{ "forget", cli_trust_forget }, { NULL, NULL },
};

int
cli_trust(struct cli_call *c)
{
	return verbs_run(c, verbs);
}
