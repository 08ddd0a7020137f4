/* lineinput.c - an editable line, its history, and the file of that. */
#include "ui/lineinput.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>

#include "base/alloc.h"
#include "sys/io.h"
#include "sys/path.h"
#include "ui/edit.h"

enum { HISTORY = 200, FILE_MAX = 256 << 10 };

struct lineinput {
	struct edit edit;
	char  *line[HISTORY];           /* oldest first */
	size_t lines, at;               /* at == lines: what is being typed */
	char  *draft;                   /* that, while older lines are looked at */
	char  *file;
};

/* ---- history */

static void
keep(struct lineinput *l, const char *text, size_t n)
{
	if (n == 0 || n > EDIT_MAX || (l->lines != 0 && strlen(l->line[l->lines - 1]) == n &&
	    memcmp(l->line[l->lines - 1], text, n) == 0))
		return;
	if (l->lines == HISTORY) {
		mem_free(l->line[0]);
		l->lines--;
		memmove(l->line, l->line + 1, l->lines * sizeof *l->line);
	}
	l->line[l->lines++] = mem_strn(text, n);
}

/* A file of its own for each target: "ttyUSB0", "exec_sh_-c_x". */
static char *
history_file(const char *target)
{
	char *state = path_state(), *dir, *name, *file;

	if (state == NULL)
		return NULL;
	dir = path_join(state, "history");
	name = mem_fmt("%.80s", target[0] != '\0' ? target : "console");
	for (char *c = name; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '-')
			*c = '_';
	file = path_make_private(dir, NULL) == ERR_OK ? path_join(dir, name) : NULL;
	mem_free(name);
	mem_free(dir);
	mem_free(state);
	return file;
}

static void
load(struct lineinput *l)
{
	struct slice rest;
	struct buf b;

	if (l->file == NULL)
		return;
	buf_init(&b, FILE_MAX);
	if (sys_file_read(l->file, FILE_MAX, &b, NULL) == ERR_OK) {
		rest = slice_make(buf_str(&b), b.len);
		while (rest.n != 0) {
			const struct slice one = slice_cut(rest, '\n', &rest);

			keep(l, one.p, one.n);
		}
	}
	buf_fini(&b);
}

/* Added at the end; a file that has grown long is begun anew with what is remembered. */
static void
store(const struct lineinput *l, const char *text)
{
	int fd;
	struct buf b;

	if (l->file == NULL)
		return;
	buf_init(&b, FILE_MAX * 8);
	if (l->lines == HISTORY) {
		for (size_t i = HISTORY / 2; i < l->lines; i++)
			(void)buf_add_fmt(&b, "%s\n", l->line[i]);
		(void)sys_file_replace(l->file, buf_str(&b), b.len, NULL);
	} else {
		(void)buf_add_fmt(&b, "%s\n", text);
		fd = sys_open(l->file, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
		if (fd >= 0)
			(void)sys_write_all(fd, buf_str(&b), b.len);
		sys_close(fd);
	}
	buf_fini(&b);
}

struct lineinput *
lineinput_new(const char *target)
{
	struct lineinput *l = mem_zero(1, sizeof *l);

	edit_init(&l->edit);
	l->file = history_file(target);
	load(l);
	l->at = l->lines;
	return l;
}

void
lineinput_free(struct lineinput *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->lines; i++)
		mem_free(l->line[i]);
	edit_fini(&l->edit);
	mem_free(l->draft);
	mem_free(l->file);
	mem_free(l);
}

/* ---- keys */

static void
go(struct lineinput *l, bool older)
{
	if (older ? l->at == 0 : l->at == l->lines)
		return;
	if (l->at == l->lines) {
		mem_free(l->draft);
		l->draft = mem_str(l->edit.text);
	}
	l->at = older ? l->at - 1 : l->at + 1;
	edit_set(&l->edit, l->at == l->lines ? l->draft : l->line[l->at]);
}

static void
submit(struct ui *u, struct lineinput *l)
{
	const struct replica_console *c = ui_console(u);
	struct buf line;

	buf_init(&line, 4 * EDIT_MAX + 256);
	(void)buf_add_str(&line, "console.line ");
	command_quote(l->edit.text, &line);
	(void)buf_add_str(&line, " console=");
	command_quote(c->name, &line);
	u->quiet_answers++;             /* "ok" is no news here */
	u->ops->command(u->arg, buf_str(&line));
	buf_fini(&line);
	if (l->edit.len != 0 && l->edit.text[0] != ' ') {
		keep(l, l->edit.text, l->edit.len);
		store(l, l->edit.text);
	}
	l->at = l->lines;
	edit_set(&l->edit, "");
}

bool
lineinput_key(struct ui *u, struct lineinput *l, const struct input_event *e)
{
	if (e->type != INPUT_KEY)
		return false;
	if (strcmp(e->name, "Enter") == 0)
		submit(u, l);
	else if (strcmp(e->name, "Up") == 0 || strcmp(e->name, "Down") == 0)
		go(l, e->name[0] == 'U');
	else if (strcmp(e->name, "Esc") == 0 && l->edit.len != 0)
		edit_set(&l->edit, "");
	else
		return edit_key(&l->edit, e) || strcmp(e->name, "Tab") == 0;
	return true;
}

int
lineinput_draw(const struct lineinput *l, struct grid *g, struct grid_rect r)
{
	const int row = r.row + r.rows - 1;
	const int used = grid_text(g, row, r.col, r.cols, STYLE_KEY, "> ");

	return edit_draw(&l->edit, g, row, r.col + used, r.cols - used - 1, STYLE_INPUT);
}
