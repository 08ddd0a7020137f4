/* cli_doctor.c - `vise doctor`. */
#include "cli/cli_doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/args.h"
#include "cli/doctor_target.h"
#include "cli/plugins.h"
#include "cli/say.h"
#include "core/project.h"
#include "sys/path.h"
#include "transport/discover.h"

enum level { GOOD, NOTE, BAD };

struct report {
	json_t *list;
	bool bad;
};

static void
add(struct report *r, enum level level, const char *what, const char *text, const char *mend)
{
	static const char *const words[] = { "good", "note", "bad" };
	json_t *o = json_object();

	json_put_str(o, "what", what);
	json_put_str(o, "state", words[level]);
	json_put_str(o, "text", text);
	json_put_str(o, "mend", level == GOOD ? "" : mend);
	(void)json_array_append_new(r->list, o);
	r->bad = r->bad || level == BAD;
}

/* In PATH, or one of ours. */
static bool
have_tool(const char *tool)
{
	char *path = strncmp(tool, "vise-", 5) == 0 ? path_program(tool) : path_which(tool);
	const bool have = path != NULL && access(path, X_OK) == 0;

	mem_free(path);
	return have;
}

static void
check_programs(struct report *r)
{
	static const char *const names[] = { "vise-bench", "vise-script", "vise-worker",
		"vise-fetch", "vise-sim" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (have_tool(names[i]))
			add(r, GOOD, names[i], "is there", NULL);
		else
			add(r, BAD, names[i], "is not installed beside vise",
			    "install Vise again: make install");
}

static void
check_folder(struct report *r, const char *what, char *dir)
{
	struct err_msg why;

	if (dir != NULL && path_make_private(dir, &why) == ERR_OK)
		add(r, GOOD, what, dir, NULL);
	else
		add(r, BAD, what, dir != NULL ? why.why : "no home directory",
		    dir != NULL && why.next[0] != '\0'
			? why.next
			: "set HOME and XDG_RUNTIME_DIR to folders of yours");
	mem_free(dir);
}

static void
check_terminal(struct report *r)
{
	const char *term = getenv("TERM");

	if (term == NULL || term[0] == '\0' || strcmp(term, "dumb") == 0)
		add(r, NOTE, "terminal", "TERM names no screen: the workbench prints plain lines",
		    "run it in a terminal emulator, or set TERM");
	else
		add(r, GOOD, "terminal", term, NULL);
	if (MB_CUR_MAX > 1)
		add(r, GOOD, "characters", "UTF-8", NULL);
	else
		add(r, NOTE, "characters", "the locale is not UTF-8: lines and bars are ASCII",
		    "export LC_ALL=C.UTF-8");
}

static void
check_ports(struct report *r)
{
	struct port_list list = { .v = NULL };
	struct err_msg why;
	char *mend;

	if (ports_list("", 0, &list, &why) != ERR_OK) {
		add(r, NOTE, "ports", why.why, why.next);
		return;
	}
	if (list.n == 0)
		add(r, NOTE, "ports", "no serial port is there",
		    "plug a board in; vise demo needs none");
	for (size_t i = 0; i < list.n; i++) {
		const struct port *p = &list.v[i];

		if (!p->denied) {
			add(r, GOOD, p->path, "may be opened", NULL);
			continue;
		}
		mend = mem_fmt("sudo usermod -aG %s \"$USER\", then log in again",
		    p->group[0] != '\0' ? p->group : "dialout");
		add(r, NOTE, p->path, "is not yours to open", mend);
		mem_free(mend);
	}
	ports_free(&list);
}

static void
check_boards(struct report *r)
{
	json_t *plugins = plugins_list();

	for (size_t i = 0; i < json_array_size(plugins); i++) {
		const json_t *o = json_array_get(plugins, i);
		const json_t *tools = json_object_get(json_object_get(o, "needs"), "exec");
		char *what = mem_fmt("plugin %s", json_get_str(o, "name", "?"));

		for (size_t k = 0; k < json_array_size(tools); k++) {
			const char *tool = json_string_value(json_array_get(tools, k));
			char *text, *mend;

			/* any program: nothing to look for */
			if (tool == NULL || strchr(tool, '*') != NULL)
				continue;
			text = mem_fmt("%s is %s", tool, have_tool(tool) ? "there" : "missing");
			mend = mem_fmt("install %s: sudo apt install %s", tool, tool);
			add(r, have_tool(tool) ? GOOD : NOTE, what, text, mend);
			mem_free(text);
			mem_free(mend);
		}
		mem_free(what);
	}
	if (json_array_size(plugins) == 0)
		add(r, BAD, "plugins", "none is found", "install Vise again: make install");
	json_decref(plugins);
}

/* What was found and may not be used, and what the project's own file says. */
static void
check_own(struct report *r)
{
	struct project p = { .root = NULL };
	json_t *rows = plugins_rows(), *row;
	struct err_msg why;
	char *cwd = path_cwd();
	enum err e;
	size_t i;

	json_array_foreach(rows, i, row) {
		char *what = mem_fmt("plugin %s", json_get_str(row, "name", "?"));

		if (json_object_get(row, "problem") != NULL)
			add(r, NOTE, what, json_get_str(row, "problem", ""), "");
		mem_free(what);
	}
	e = getenv(ARGS_CLEAN) == NULL ? project_open(&p, cwd, getenv(ARGS_TRUST), &why) : ERR_OK;
	if (e != ERR_OK)
		add(r, NOTE, TRUST_FOLDER "/" PROJECT_FILE, why.why, why.next);
	else if (p.there)
		add(r, GOOD, TRUST_FOLDER "/" PROJECT_FILE,
		    "is applied; vise project shows what it sets", NULL);
	project_fini(&p);
	json_decref(rows);
	mem_free(cwd);
}

static void
print(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);

		printf("%-5s %s: ", json_get_str(o, "state", ""), json_get_str(o, "what", ""));
		say_str(stdout, json_get_str(o, "text", ""));
		putchar('\n');
		if (json_get_str(o, "mend", "")[0] != '\0') {
			printf("      ");
			say_str(stdout, json_get_str(o, "mend", ""));
			putchar('\n');
		}
	}
}

int
cli_doctor(struct cli_call *c)
{
	struct report r = { .list = json_array() };
	struct doctor_target target = { .elf = NULL };
	const struct args_option options[] = { { "--elf", ARGS_TEXT, &target.elf },
		{ "--timeout", ARGS_SPAN, &target.timeout }, { .name = NULL } };
	struct err_msg why;
	enum err e = args_parse(c, options, 0, 1, &why);
	int end;

	target.spec = c->words != 0 ? c->word[0] : target.elf != NULL ? "local" : NULL;
	if (e == ERR_OK && target.spec != NULL) {
		e = doctor_target(&target, r.list, &why);
		if (e == ERR_OK)
			c->json ? say_json(r.list) : print(r.list);
	} else if (e == ERR_OK) {
		check_programs(&r);
		check_folder(&r, "runtime folder", path_runtime());
		check_folder(&r, "state folder", path_state());
		check_terminal(&r);
		check_ports(&r);
		check_boards(&r);
		check_own(&r);
		if (c->json)
			say_json(r.list);
		else
			print(r.list);
	}
	json_decref(r.list);
	end = say_end(c, e, &why);
	if (end == 0 && target.bad)
		return err_exit_status(ERR_VERIFY);
	return end == 0 && r.bad ? err_exit_status(ERR_INFRA) : end;
}
