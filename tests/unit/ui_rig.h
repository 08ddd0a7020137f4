/*
 * ui_rig.h - a viewer without a terminal or a bench, for tests: keys in as bytes, what it asks for
 * kept.
 *
 * Layer   tests. rig_new loads tests/data/ui/NAME; rig_free ends all.
 */
#ifndef UNIT_UI_RIG_H
#define UNIT_UI_RIG_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "sys/io.h"
#include "ui/ui.h"

struct rig {
	struct options options;
	struct ui *ui;
	struct grid *grid;
	struct input input;
	struct buf sent;                /* input bytes */
	struct buf commands;            /* lines to the bench, each with \n */
	struct buf yanked;
	int leaves, repaints;
};

static inline void
rig_command(void *arg, const char *line)
{
	(void)buf_add_fmt(&((struct rig *)arg)->commands, "%s\n", line);
}

static inline void
rig_input(void *arg, uint32_t stream, const void *p, size_t n)
{
	(void)stream;
	(void)buf_add(&((struct rig *)arg)->sent, p, n);
}

static inline void
rig_leave(void *arg)
{
	((struct rig *)arg)->leaves++;
}

static inline void
rig_repaint(void *arg)
{
	((struct rig *)arg)->repaints++;
}

static inline void
rig_mouse(void *arg, bool on)
{
	(void)arg;
	(void)on;
}

static inline void
rig_yank(void *arg, const char *p, size_t n, bool file_only, char *said, size_t size)
{
	(void)file_only;
	buf_clear(&((struct rig *)arg)->yanked);
	(void)buf_add(&((struct rig *)arg)->yanked, p, n);
	snprintf(said, size, "kept");
}

static inline void
rig_key(void *arg, const struct input_event *e)
{
	ui_input(((struct rig *)arg)->ui, e);
}

static inline char *
rig_path(const char *name)
{
	const char *dir = getenv("srcdir");

	return mem_fmt("%s/tests/data/ui/%s", dir != NULL ? dir : ".", name);
}

static inline void
rig_read(const char *name, struct buf *out)
{
	char *path = rig_path(name);

	assert_int_equal(sys_file_read(path, 4 << 20, out, NULL), ERR_OK);
	mem_free(path);
}

static inline struct rig *
rig_new(const char *snapshot, int rows, int cols)
{
	static const struct ui_ops ops = { rig_command, rig_input, rig_leave, rig_repaint,
	    rig_mouse, rig_yank, rig_repaint };
	struct rig *r = mem_zero(1, sizeof *r);
	struct buf text;
	json_t *s;

	setenv("TZ", "UTC", 1);
	options_init(&r->options);
	buf_init(&r->sent, 1 << 20);
	buf_init(&r->commands, 1 << 20);
	buf_init(&r->yanked, 4 << 20);
	r->ui = ui_new(&ops, r, &r->options);
	r->grid = grid_new(rows, cols);
	input_init(&r->input, rig_key, r);
	buf_init(&text, 8 << 20);
	rig_read(snapshot, &text);
	s = json_read(buf_str(&text), text.len, snapshot, NULL);
	assert_non_null(s);
	r->ui->mono = 1000 * NS_PER_S;
	replica_snapshot(r->ui->replica, s, r->ui->mono);
	json_decref(s);
	ui_started(r->ui);
	if (r->ui->replica->consoles != 0) {
		buf_clear(&text);
		rig_read("console.raw", &text);
		(void)replica_bytes(r->ui->replica, 1, 0, 60 * NS_PER_S, buf_str(&text), text.len);
		(void)replica_bytes(r->ui->replica, 1003, 0, 60 * NS_PER_S,
		    "erase ok\r\nwrite 83%\r\n", 21);
	}
	buf_fini(&text);
	return r;
}

static inline void
rig_free(struct rig *r)
{
	ui_free(r->ui);
	grid_free(r->grid);
	options_fini(&r->options);
	buf_fini(&r->sent);
	buf_fini(&r->commands);
	buf_fini(&r->yanked);
	mem_free(r);
}

static inline void
rig_type(struct rig *r, const char *bytes)
{
	/* an Esc in front of anything but a sequence is a key */
	for (; *bytes != '\0'; bytes++) {
		input_feed(&r->input, bytes, 1);
		if (*bytes == '\033' && bytes[1] != '[' && bytes[1] != 'O')
			input_timeout(&r->input);
	}
	input_timeout(&r->input);
}

static inline void
rig_event(struct rig *r, const char *type, const char *body)
{
	json_t *o = json_read(body, strlen(body), type, NULL);
	struct replica_news news;

	assert_non_null(o);
	replica_event(r->ui->replica, type, o, &news);
	ui_news(r->ui, &news);
	json_decref(o);
}

static inline void
rig_draw(struct rig *r)
{
	ui_draw(r->ui, r->grid);
}

#endif
