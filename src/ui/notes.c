/* notes.c - decoded records as rows below their lines. */
#include "ui/notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "grid/draw.h"

/* ---- from JSON to rows */

static void __attribute__((format(printf, 2, 3)))
add(struct replica_note *n, const char *fmt, ...)
{
	va_list ap;

	if (n->rows == NOTES_ROWS)
		return;
	va_start(ap, fmt);
	vsnprintf(n->row[n->rows++], NOTES_TEXT, fmt, ap);
	va_end(ap);
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* "peek (main.c:15)", "memcpy+0x12" */
static void
place(const json_t *frame, char *out, size_t size)
{
	const char *file = json_get_str(frame, "file", NULL), *func = json_get_str(frame, "func",
	    "?");
	const long long line = (long long)json_get_int(frame, "line", 0);

	if (file != NULL && line != 0)
		snprintf(out, size, "%.100s (%.60s:%lld)", func, base_name(file), line);
	else if (file != NULL)
		snprintf(out, size, "%.100s (%.60s)", func, base_name(file));
	else
		snprintf(out, size, "%.100s+0x%llx", func,
		    (unsigned long long)json_get_int(frame, "offset", 0));
}

static void
add_address(struct replica_note *n, const json_t *row, bool searched)
{
	const char *role = json_get_str(row, "role", ""), *addr = json_get_str(row, "addr", "");
	const json_t *frames = json_object_get(row, "frames"), *frame;
	char text[180];
	size_t i;

	if (json_array_size(frames) == 0) {
		add(n, "%-3s %s%s", role, addr, searched ? "  not in the program's code" : "");
		return;
	}
	json_array_foreach(frames, i, frame) {
		place(frame, text, sizeof text);
		if (i == 0)
			add(n, "%-3s %s  %s", role, addr, text);
		else
			add(n, "    inlined into %s", text);
	}
}

static void
fill(struct replica_note *n, const json_t *record)
{
	const json_t *row, *why = json_object_get(record, "why");
	const char *elf = json_get_str(record, "elf", NULL);
	bool addresses = false;
	size_t i;

	n->rows = 0;
	n->crash = strcmp(json_get_str(record, "level", ""), "crash") == 0;
	json_array_foreach(json_object_get(record, "rows"), i, row) {
		if (json_object_get(row, "addr") == NULL) {
			add(n, "%s", json_get_str(row, "text", ""));
			continue;
		}
		addresses = true;
		add_address(n, row, elf != NULL && why == NULL);
	}
	if (why != NULL)
		add(n, "no places: %.60s: %.120s", json_get_str(why, "what", ""),
		    json_get_str(why, "why", ""));
	else if (addresses && elf == NULL)
		add(n, "decode.elf PATH turns addresses into places");
}

void
notes_set(struct replica_stream *s, const json_t *record)
{
	const int64_t id = json_get_int(record, "id", -1);
	struct replica_note *n = NULL;

	if (s->note == NULL)
		s->note = mem_zero(NOTES_MAX, sizeof *s->note);
	for (size_t i = 0; i < s->notes && n == NULL; i++)
		if (s->note[i].id == id)
			n = &s->note[i];
	if (n == NULL) {
		if (s->notes == NOTES_MAX) {
			s->notes--;
			memmove(s->note, s->note + 1, s->notes * sizeof *s->note);
		}
		n = &s->note[s->notes++];
	}
	*n = (struct replica_note){ .id = id };
	n->from = (uint64_t)json_get_int(record, "offset", 0);
	n->to = (uint64_t)json_get_int(record, "last", 0);
	fill(n, record);
}

void
notes_copy(struct replica_stream *s, const struct replica_stream *of, uint64_t from, uint64_t to)
{
	if (s->note == NULL && of->notes != 0)
		s->note = mem_zero(NOTES_MAX, sizeof *s->note);
	s->notes = 0;
	for (size_t i = 0; i < of->notes; i++)
		if (of->note[i].to >= from && of->note[i].from < to) {
			struct replica_note *n = &s->note[s->notes++];

			*n = of->note[i];
			n->at = n->from;
			n->last = n->to;
			n->settled = true;
		}
}

void
notes_fini(struct replica_stream *s)
{
	mem_free(s->note);
	s->note = NULL;
	s->notes = 0;
}

/* Offsets become those of the ring once it is known where that begins; a gap that comes later
 * moves the base, not these. */
static bool
settled(const struct replica_stream *s, struct replica_note *n)
{
	if (n->settled || !s->started)
		return n->settled;
	if (n->to < s->base)
		return false;                   /* of bytes that were never here */
	n->at = n->from > s->base ? n->from - s->base : 0;
	n->last = n->to - s->base;
	n->settled = true;
	return true;
}

/* ---- drawing */

static bool
is_here(const struct replica_stream *s, struct replica_note *n, uint64_t from, uint64_t to)
{
	return settled(s, n) && n->last >= from && n->last < to;
}

int
notes_rows(struct replica_stream *s, uint64_t from, uint64_t to)
{
	int rows = 0;

	for (size_t i = 0; i < s->notes; i++)
		if (is_here(s, &s->note[i], from, to))
			rows += (int)s->note[i].rows;
	return rows;
}

int
notes_draw(struct replica_stream *s, uint64_t from, uint64_t to, struct grid *g,
    struct grid_rect r, int end)
{
	for (size_t i = s->notes; i-- > 0 && end > r.row;) {
		const struct replica_note *n = &s->note[i];

		if (!is_here(s, &s->note[i], from, to))
			continue;
		for (size_t k = n->rows; k-- > 0 && end > r.row;) {
			end--;
			grid_text(g, end, r.col, r.cols, n->crash ? STYLE_ALARM : STYLE_NOTICE,
			    k != 0 ? "      |" : n->crash ? "! vise|" : "  vise|");
			grid_text(g, end, r.col + 8, r.cols - 8, STYLE_NORMAL, n->row[k]);
		}
	}
	return end;
}

bool
notes_crash(struct replica_stream *s, uint64_t from, uint64_t to)
{
	for (size_t i = 0; i < s->notes; i++) {
		struct replica_note *n = &s->note[i];

		if (settled(s, n) && n->crash && n->at >= from && n->at < to)
			return true;
	}
	return false;
}
